package credential

// KeepFor is for tests.
var KeepFor = keepFor
