"""A fleet learns together: `app` is Flower's; `merge`, `command` make a challenger of its mean."""
