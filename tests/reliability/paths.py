from lab import row
