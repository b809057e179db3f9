# The same 1,000 events with R's EventStudy (0.50 or later), for those who have it:  Rscript benchmarks/eventstudy.R
# Held against the package's documentation; parsed here, never run. (Up to 0.39 the package spoke to a web service instead.)
if (!requireNamespace("EventStudy", quietly = TRUE)) stop("install.packages('EventStudy')")
library(EventStudy)
set.seed(0)
events <- 1000; firms <- 500; days <- 1500
dates <- format(seq(as.Date("2018-01-01"), by = "day", length.out = days), "%d.%m.%Y")
market <- 0.01 * rnorm(days)
price <- function(r) 100 * cumprod(1 + r)
panel <- do.call(rbind, lapply(seq_len(firms), function(i) tibble::tibble(
  symbol = paste0("F", i), date = dates, adjusted = price(runif(1, .3, 1.2) * market + 0.02 * rnorm(days)))))
index <- tibble::tibble(symbol = "MKT", date = dates, adjusted = price(market))
request <- tibble::tibble(event_id = seq_len(events), firm_symbol = paste0("F", sample(firms, events, TRUE)),
  index_symbol = "MKT", event_date = sample(dates[300:1480], events, TRUE), group = "all",
  event_window_start = -10, event_window_end = 10, shift_estimation_window = -11, estimation_window_length = 250)
tests <- list(CSectTTest$new(), PatellZTest$new(), BMPTest$new(), KolariPynnonenTest$new(), SignTest$new(),
  GeneralizedSignTest$new(), RankTest$new())
parameters <- ParameterSet$new(return_calculation = SimpleReturn$new(), return_model = MarketModel$new(),
  multi_event_statistics = MultiEventStatisticsSet$new(tests = tests))
print(system.time(run_event_study(EventStudyTask$new(panel, index, request), parameters)))
