"""Writes rows as the systems that they come from would: every file in its own manner."""
import csv
import gzip
import io
import json

# File of each source, and how it is written.
FILES = {
    "raw_customers": ("customer.csv", "csv with BOM and CRLF"),
    "raw_products": ("products.csv", "csv"),
    "raw_transactions": ("Transactions.csv", "csv"),
    "raw_orders": ("orders.csv", "csv"),
    "raw_refunds": ("refunds.csv", "csv"),
    "raw_subscriptions": ("subscriptions.jsonl", "json lines"),
    "raw_clickstream": ("clickstream.json", "json array"),
    "raw_store_events": ("store_events.csv.gz", "gzipped csv, last line cut"),
    "raw_customer_profiles": ("customer_profiles.csv", "csv"),
    "raw_purchase_history": ("purchase_history_page_{}.json", "json pages"),
}
PAGE_SIZE = 25


def as_csv(rows, line_end="\n"):
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), lineterminator=line_end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_json(value):
    return json.dumps(value, separators=(",", ":"))


def write_source(folder, source, rows, suffix=""):
    folder.mkdir(parents=True, exist_ok=True)
    name, manner = FILES[source]
    path = folder / (name.replace(".", f"{suffix}.", 1) if suffix else name)
    if manner == "json pages":
        for earlier in folder.glob(name.format("*")):
            earlier.unlink()
        pages = [rows[i:i + PAGE_SIZE] for i in range(0, len(rows), PAGE_SIZE)]
        for number, page in enumerate(pages, 1):
            page_path = folder / name.format(number)
            answer = {"page": number, "total_pages": len(pages), "data": page}
            page_path.write_text(as_json(answer) + "\n", encoding="utf-8")
    elif manner == "json array":
        path.write_text("[\n" + ",\n".join(map(as_json, rows)) + "\n]\n", encoding="utf-8")
    elif manner == "json lines":
        path.write_text("".join(as_json(row) + "\n" for row in rows), encoding="utf-8")
    elif manner.startswith("gzipped"):
        text = as_csv(rows)
        cut = text[: text.rstrip("\n").rindex("\n") + 1] + text.rstrip("\n").rsplit("\n", 1)[1][:40]
        # no name and no time in the archive, so that the same rows give the same bytes
        with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as archive:
            archive.write(cut.encode())
    elif manner.endswith("CRLF"):
        path.write_bytes(b"\xef\xbb\xbf" + as_csv(rows, "\r\n").encode())
    else:
        path.write_text(as_csv(rows), encoding="utf-8", newline="")
