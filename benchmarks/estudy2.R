# The same 1,000 events with R's estudy2 (0.10.0), for those who have it:  Rscript benchmarks/estudy2.R
# Held against the package's documentation and source; parsed here, never run.
# estudy2 takes one event date a call, so events are grouped by date; each call tests all of its event window.
if (!requireNamespace("estudy2", quietly = TRUE)) stop("install.packages('estudy2')")
library(estudy2); library(zoo)
set.seed(0)
events <- 1000; firms <- 500; days <- 1500
dates <- seq(as.Date("2018-01-01"), by = "day", length.out = days)
market <- zoo(0.01 * rnorm(days), dates)
panel <- lapply(seq_len(firms), function(i) zoo(runif(1, .3, 1.2) * coredata(market) + 0.02 * rnorm(days), dates))
at <- sample(300:1480, events, TRUE); firm <- sample(firms, events, TRUE)
tests <- list(patell, boehmer, t_test, sign_test, corrado_sign_test, rank_test)
failed <- 0
print(system.time(for (day in unique(at)) {
  fitted <- apply_market_model(rates = panel[firm[at == day]], regressors = list(market), same_regressor_for_all = TRUE,
    market_model = "sim", estimation_method = "ols", estimation_start = dates[day - 260], estimation_end = dates[day - 11])
  for (test in tests) {
    answer <- try(test(fitted, event_start = dates[day - 10], event_end = dates[day + 10]), silent = TRUE)
    failed <- failed + inherits(answer, "try-error")
  }
}))
cat(failed, "of", length(unique(at)) * length(tests), "tests failed: a day with one event has no cross-section\n")
