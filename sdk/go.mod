module corbel.example/sdk

go 1.26.0

require (
	github.com/databricks/databricks-sdk-go v0.175.0
	github.com/hashicorp/go-plugin v1.8.0
	github.com/planetscale/vtprotobuf v0.6.0
	google.golang.org/grpc v1.85.0
	google.golang.org/protobuf v1.36.12
)
