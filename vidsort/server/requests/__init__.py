"""Every request: by which id it is known in answers, logs and jobs, how it was answered, and how soon."""
