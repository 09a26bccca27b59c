package database

// Reset drops all connections, each when it is free.
func Reset(d *Database) { d.pool.Reset() }
