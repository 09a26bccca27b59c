module corbel.example/e2e

go 1.26.0

require corbel.example/sdk v0.0.0

replace corbel.example/sdk => ../sdk
