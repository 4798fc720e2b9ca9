"""How the shipped model is trained: data, objectives, the loop, calibration."""
