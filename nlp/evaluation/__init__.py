"""How well a model reads: data sets, baselines, measures with intervals, and the scorecard made of them."""
