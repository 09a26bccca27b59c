module corbel.example/host

go 1.26.0
