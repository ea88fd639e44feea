"""The OpenAPI document: what is said of each route, and the document made of it. Nothing here is on a report's way."""
