# R EventStudy's tests on a reference case: Rscript r_eventstudy.R SOURCES CASE, with SOURCES the folder R of EventStudy 0.66.0.
#
# Needs R6, dplyr, tidyr, purrr, stringr and rlang. The market model is fitted and every test of several events computed by
# their classes; returns are given to them as they lie here. Of CASE, events whose firm has a return on each of the days
# -260 to 10 count: all of clustered, eight of scattered. Writes r_eventstudy.csv into CASE.

suppressMessages({library(R6); library(dplyr); library(rlang)})
given <- commandArgs(TRUE)
for (part in c("contract", "models", "test_statistics_set", "multi_event_test_statistics")) source(file.path(given[1], paste0(part, ".R")))
returns <- read.csv(file.path(given[2], "returns.csv"), check.names = FALSE)
events <- read.csv(file.path(given[2], "events.csv"))
market <- if ("MKT" %in% names(returns)) returns$MKT else read.csv(file.path(given[2], "factors.csv"))$market

rows <- list()
models <- list()
for (k in seq_len(nrow(events))) {
  relative <- -260:10
  at <- match(events$event_date[k], returns$date) + relative
  held <- returns[[events$firm[k]]][at]
  if (min(at) < 1 || anyNA(held)) next
  id <- paste(events$firm[k], events$event_date[k])
  one <- tibble::tibble(
    event_id = id, firm_symbol = events$firm[k], relative_index = relative, firm_returns = held, index_returns = market[at],
    estimation_window = as.integer(relative <= -11), event_window = as.integer(relative >= -10)
  )
  model <- MarketModel$new()
  model$fit(one)
  rows[[id]] <- model$abnormal_returns(one)
  models[[id]] <- tibble::tibble(event_id = id, firm_symbol = events$firm[k], model = list(model))
}

tests <- list(CSectTTest, PatellZTest, SignTest, GeneralizedSignTest, RankTest, BMPTest, KolariPynnonenTest, CalendarTimePortfolioTest)
wanted <- c("aar", "caar", "aar_t", "caar_t", "aar_z", "caar_z", "sign_z", "csign_z", "gsign_z", "cgsign_z", "rank_z",
            "bmp_t", "cbmp_t", "kp_t", "ckp_t", "caltime_t", "ccaltime_t")
found <- bind_rows(lapply(tests, function(test) {
  told <- test$new()$compute(bind_rows(rows), bind_rows(models))
  bind_rows(lapply(intersect(wanted, names(told)), function(name) {
    data.frame(statistic = name, day = told$relative_index, value = sprintf("%.15g", told[[name]]))
  }))
}))
write.csv(distinct(found), file.path(given[2], "r_eventstudy.csv"), row.names = FALSE, quote = FALSE)
