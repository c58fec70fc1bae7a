"""The review page: a Gradio shell, its styles, and plain ES modules without a build step."""
