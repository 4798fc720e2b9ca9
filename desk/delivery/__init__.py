"""Delivery: how a reply leaves koe. One module for each kind of target, all with the same small face."""
