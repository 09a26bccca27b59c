module corbel.example/plugins/unitycatalog

go 1.26.0
