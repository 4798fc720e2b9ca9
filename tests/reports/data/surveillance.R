# Makes surveillance.json beside it: seeded series, and what R's package surveillance says of them.
# Needed only to make it anew (Debian: apt-get install r-cran-surveillance r-cran-jsonlite):
#   Rscript tests/reports/data/surveillance.R > tests/reports/data/surveillance.json
suppressPackageStartupMessages({library(surveillance); library(jsonlite)})
RNGversion("4.0.0"); set.seed(20261123)

numbers <- function(x) { x <- as.numeric(x); ifelse(is.finite(x), x, NA) }

ears <- lapply(list(c(1, 1), c(5, 1), c(20, 3)), function(how) {
  mean <- how[1]; dispersion <- how[2]
  counts <- if (dispersion == 1) rpois(60, mean) else rnbinom(60, mean / (dispersion - 1), 1 / dispersion)
  series <- sts(observed = matrix(counts), frequency = 52)
  methods <- lapply(list(list("C1", 0, 0.001), list("C2", 0, 0.001), list("C2", 0.5, 0.01), list("C3", 0.5, 0.025)),
    function(control) {
      found <- earsC(series, list(method = control[[1]], minSigma = control[[2]], alpha = control[[3]], baseline = 7,
                                  range = 13:60))
      list(method = control[[1]], least = control[[2]], alpha = control[[3]],
           upper = numbers(upperbound(found)), alarm = as.logical(alarms(found)))
    })
  list(counts = counts, from = 12, methods = methods)
})

flexible <- function(counts, population, range, control) {
  series <- sts(observed = matrix(counts), population = matrix(population), frequency = 52)
  found <- farringtonFlexible(series, modifyList(list(range = range, trend = FALSE, reweight = FALSE,
    thresholdMethod = "nbPlugin", alpha = 0.025, glmWarnings = FALSE), control))
  list(expected = numbers(found@control$expected), upper = numbers(upperbound(found)),
       dispersion = numbers(found@control$phiVector))
}

# One year back, 25 weeks to either side, no season: the 51 weeks from 77 to 27 weeks before.
level <- lapply(list(c(3, 1), c(10, 1), c(10, 2.5), c(40, 3)), function(how) {
  mean <- how[1]; dispersion <- how[2]
  population <- sample(80:120, 110, replace = TRUE)
  mu <- mean * population / 100
  counts <- if (dispersion == 1) rpois(110, mu) else rnbinom(110, mu / (dispersion - 1), 1 / dispersion)
  c(list(counts = counts, population = population, from = 90, reference = c(77, 27)),
    flexible(counts, population, 91:110,
             list(b = 1, w = 25, noPeriods = 1, pastWeeksNotIncluded = 25, populationOffset = TRUE)))
})

# Three years back in ten seasons, against koe's two waves.
season <- lapply(c(5, 10, 20, 40), function(mean) {
  mu <- mean * (1 + 0.5 * sin(2 * pi * ((1:208) * 7 / 365.25 + runif(1))))
  counts <- rpois(208, mu)
  c(list(counts = counts, from = 160, rate = mu[161:208]),
    flexible(counts, rep(1, 208), 161:208,
             list(b = 3, w = 3, noPeriods = 10, pastWeeksNotIncluded = 0, populationOffset = FALSE)))
})

cat(toJSON(list(surveillance = as.character(packageVersion("surveillance")), ears = ears, level = level, season = season),
           digits = 10, auto_unbox = TRUE, na = "null"), "\n")
