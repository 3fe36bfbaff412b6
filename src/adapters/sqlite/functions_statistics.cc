// Spread, correlation and quantiles. Nulls are passed over; all of them are window functions too.
#include <algorithm>
#include <cmath>
#include <vector>

#include "adapters/sqlite/function_aggregate.h"
#include "adapters/sqlite/functions.h"

namespace modelc::sqlite {
namespace {

/// Welford's running mean and sum of squared distances: exact where a plain sum of squares would cancel out.
class Spread {
 public:
  void step(Call& call) {
    if (call.is_null(0)) return;
    const double x = call.real(0), before = x - mean_;
    mean_ += before / static_cast<double>(++count_);
    squares_ += before * (x - mean_);
  }
  void inverse(Call& call) {
    if (call.is_null(0)) return;
    if (--count_ == 0) {
      mean_ = squares_ = 0;
      return;
    }
    const double x = call.real(0), before = x - mean_;
    mean_ -= before / static_cast<double>(count_);
    squares_ = std::max(0.0, squares_ - before * (x - mean_));
  }

 protected:
  void give(sqlite3_context* context, bool sample, bool root) const {
    if (count_ < (sample ? 2 : 1)) return sqlite3_result_null(context);
    const double variance = squares_ / static_cast<double>(count_ - (sample ? 1 : 0));
    sqlite3_result_double(context, root ? std::sqrt(variance) : variance);
  }

 private:
  int64_t count_ = 0;
  double mean_ = 0, squares_ = 0;
};

template <bool sample, bool root>
struct SpreadOf : Spread {
  void finish(sqlite3_context* context) { give(context, sample, root); }
};

enum class Pairing { covar_pop, covar_samp, corr, slope, intercept };

/// Of pairs (y, x); a pair with a null is passed over.
template <Pairing kind>
class Pairs {
 public:
  void step(Call& call) { add(call, 1); }
  void inverse(Call& call) { add(call, -1); }

  void finish(sqlite3_context* context) {
    const auto n = static_cast<double>(count_);
    const bool undefined = count_ < (kind == Pairing::covar_pop ? 1 : 2) ||
                           (kind == Pairing::corr && (xx_ <= 0 || yy_ <= 0)) ||
                           ((kind == Pairing::slope || kind == Pairing::intercept) && xx_ <= 0);
    if (undefined) return sqlite3_result_null(context);
    switch (kind) {
      case Pairing::covar_pop:
        return sqlite3_result_double(context, xy_ / n);
      case Pairing::covar_samp:
        return sqlite3_result_double(context, xy_ / (n - 1));
      case Pairing::corr:
        return sqlite3_result_double(context, xy_ / std::sqrt(xx_ * yy_));
      case Pairing::slope:
        return sqlite3_result_double(context, xy_ / xx_);
      case Pairing::intercept:
        return sqlite3_result_double(context, mean_y_ - xy_ / xx_ * mean_x_);
    }
  }

 private:
  void add(Call& call, int sign) {
    if (call.any_null()) return;
    const double y = call.real(0), x = call.real(1);
    count_ += sign;
    if (count_ == 0) {
      *this = Pairs();
      return;
    }
    const auto n = static_cast<double>(count_);
    const double dx = x - mean_x_, dy = y - mean_y_;
    mean_x_ += sign * dx / n;
    mean_y_ += sign * dy / n;
    xx_ += sign * dx * (x - mean_x_);
    yy_ += sign * dy * (y - mean_y_);
    xy_ += sign * dx * (y - mean_y_);
  }

  int64_t count_ = 0;
  double mean_x_ = 0, mean_y_ = 0, xx_ = 0, yy_ = 0, xy_ = 0;
};

/// All values, sorted when the first result is asked for and kept so from then on (windows ask once a row).
class Sample {
 public:
  void step(Call& call) {
    read_fraction(call);
    if (call.is_null(0)) return;
    const double x = call.real(0);
    whole_ = whole_ && call.type(0) == SQLITE_INTEGER;
    if (sorted_)
      values_.insert(std::upper_bound(values_.begin(), values_.end(), x), x);
    else
      values_.push_back(x);
  }
  void inverse(Call& call) {
    if (call.is_null(0)) return;
    sort();
    const auto found = std::lower_bound(values_.begin(), values_.end(), call.real(0));
    if (found != values_.end()) values_.erase(found);
  }

 protected:
  virtual ~Sample() = default;
  virtual void read_fraction(const Call&) {}

  /// Between the two nearest values, in proportion.
  void give_continuous(sqlite3_context* context, double fraction) {
    if (values_.empty()) return sqlite3_result_null(context);
    sort();
    const double place = fraction * static_cast<double>(values_.size() - 1);
    const auto below = static_cast<size_t>(place);
    const double low = values_[below], high = values_[std::min(below + 1, values_.size() - 1)];
    sqlite3_result_double(context, low + (high - low) * (place - static_cast<double>(below)));
  }
  /// The first value at or behind the fraction.
  void give_discrete(sqlite3_context* context, double fraction) {
    if (values_.empty()) return sqlite3_result_null(context);
    sort();
    const auto rank = static_cast<size_t>(std::ceil(fraction * static_cast<double>(values_.size())));
    const double value = values_[rank == 0 ? 0 : rank - 1];
    if (whole_ && std::fabs(value) < 9e15)
      sqlite3_result_int64(context, static_cast<int64_t>(value));
    else
      sqlite3_result_double(context, value);
  }

 private:
  void sort() {
    if (!sorted_) std::sort(values_.begin(), values_.end());
    sorted_ = true;
  }

  std::vector<double> values_;
  bool sorted_ = false, whole_ = true;
};

template <int percent>
struct FixedPercentile final : Sample {
  void finish(sqlite3_context* context) { give_continuous(context, percent / 100.0); }
};

/// The second argument says where: a fraction, or a percentage when `scale` is 100.
template <int scale, bool discrete>
class Percentile final : public Sample {
 public:
  void finish(sqlite3_context* context) {
    discrete ? give_discrete(context, fraction_) : give_continuous(context, fraction_);
  }

 private:
  void read_fraction(const Call& call) override {
    const double fraction = call.real(1) / scale;
    if (call.is_null(1) || !(fraction >= 0 && fraction <= 1)) {
      throw FunctionError(scale == 100 ? "percentile(): the percentage must lie between 0 and 100"
                                       : "percentile_cont(), percentile_disc(): the fraction must lie between 0 and 1");
    }
    fraction_ = fraction;
  }
  double fraction_ = 0;
};

}  // namespace

void register_statistics_functions(sqlite3* db) {
  for (const char* name : {"stddev", "stddev_samp"}) register_window<SpreadOf<true, true>>(db, name, 1);
  for (const char* name : {"variance", "var_samp"}) register_window<SpreadOf<true, false>>(db, name, 1);
  register_window<SpreadOf<false, true>>(db, "stddev_pop", 1);
  register_window<SpreadOf<false, false>>(db, "var_pop", 1);
  register_window<Pairs<Pairing::corr>>(db, "corr", 2);
  register_window<Pairs<Pairing::covar_pop>>(db, "covar_pop", 2);
  register_window<Pairs<Pairing::covar_samp>>(db, "covar_samp", 2);
  register_window<Pairs<Pairing::slope>>(db, "regr_slope", 2);
  register_window<Pairs<Pairing::intercept>>(db, "regr_intercept", 2);
  register_window<FixedPercentile<50>>(db, "median", 1);
  register_window<FixedPercentile<25>>(db, "percentile_25", 1);
  register_window<FixedPercentile<75>>(db, "percentile_75", 1);
  register_window<FixedPercentile<90>>(db, "percentile_90", 1);
  register_window<FixedPercentile<95>>(db, "percentile_95", 1);
  register_window<FixedPercentile<99>>(db, "percentile_99", 1);
  register_window<Percentile<100, false>>(db, "percentile", 2);
  register_window<Percentile<1, false>>(db, "percentile_cont", 2);
  register_window<Percentile<1, true>>(db, "percentile_disc", 2);
}

}  // namespace modelc::sqlite
