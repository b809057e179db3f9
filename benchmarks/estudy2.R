# The same 1,000 events with R's estudy2, for those who have R:  Rscript benchmarks/estudy2.R
# estudy2 takes one event date a call, so events are grouped by date; each call tests all of its event window.
if (!requireNamespace("estudy2", quietly = TRUE)) stop("install.packages('estudy2')")
library(estudy2); library(zoo)
set.seed(0)
events <- 1000; firms <- 500; days <- 1500
dates <- seq(as.Date("2018-01-01"), by = "day", length.out = days)
market <- zoo(0.01 * rnorm(days), dates)
panel <- lapply(seq_len(firms), function(i) zoo(runif(1, .3, 1.2) * coredata(market) + 0.02 * rnorm(days), dates))
at <- sample(300:1480, events, TRUE); firm <- sample(firms, events, TRUE)
print(system.time(for (day in unique(at)) {
  fitted <- apply_market_model(rates = panel[firm[at == day]], regressor = market, same_regressor_for_all = TRUE,
    market_model = "sim", estimation_method = "ols", estimation_start = dates[day - 260], estimation_end = dates[day - 11])
  for (test in list(patell, boehmer, t_test, sign_test, corrado_sign_test, rank_test))
    try(test(fitted, event_start = dates[day - 10], event_end = dates[day + 10]), silent = TRUE)
}))
