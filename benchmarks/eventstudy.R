# The same 1,000 events with R's EventStudy, for those who have R:  Rscript benchmarks/eventstudy.R
# It works on a web service and needs a key of its own (EVENTSTUDY_KEY); its time is that of the service and the way to it.
if (!requireNamespace("EventStudy", quietly = TRUE)) stop("install.packages('EventStudy')")
library(EventStudy)
key <- Sys.getenv("EVENTSTUDY_KEY")
if (key == "") stop("set EVENTSTUDY_KEY")
set.seed(0)
events <- 1000; firms <- 500; days <- 1500
dates <- format(seq(as.Date("2018-01-01"), by = "day", length.out = days), "%d.%m.%Y")
market <- 0.01 * rnorm(days)
price <- function(r) 100 * cumprod(1 + r)
panel <- do.call(rbind, lapply(seq_len(firms), function(i)
  data.frame(id = paste0("F", i), date = dates, price = price(runif(1, .3, 1.2) * market + 0.02 * rnorm(days)))))
index <- data.frame(id = "MKT", date = dates, price = price(market))
request <- data.frame(seq_len(events), paste0("F", sample(firms, events, TRUE)), "MKT",
  sample(dates[300:1480], events, TRUE), "all", -10, 10, -11, 250)
write <- function(x, file) write.table(x, file, sep = ";", quote = FALSE, row.names = FALSE, col.names = FALSE)
write(request, "01_RequestFile.csv"); write(panel, "02_firmDataPrice.csv"); write(index, "03_marketDataPrice.csv")
task <- EventStudyAPI$new()
task$authentication(apiKey = key)
print(system.time(task$performDefaultEventStudy(estType = "arc", c("request_file" = "01_RequestFile.csv",
  "firm_data" = "02_firmDataPrice.csv", "market_data" = "03_marketDataPrice.csv"), destDir = tempdir())))
