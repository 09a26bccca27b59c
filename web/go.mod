module corbel.example/web

go 1.26.0
