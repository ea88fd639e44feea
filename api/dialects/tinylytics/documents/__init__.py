"""The OpenAPI document of the Tinylytics API: what is said of each route, and the document made of it."""
