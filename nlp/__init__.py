"""Text in, numbers and spans out: language, segments, the model and its training, discovery."""
