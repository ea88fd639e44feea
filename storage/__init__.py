"""PostgreSQL and TimescaleDB: migrations, named SQL files, one module per noun."""
