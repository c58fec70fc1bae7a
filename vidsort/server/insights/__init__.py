"""The Insights page: how good the model is, where it errs, and what to do about it, of Gradio's own components."""
