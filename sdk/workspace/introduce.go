package workspace

import (
	"context"
	"sync"

	"github.com/databricks/databricks-sdk-go/logger"
	"github.com/databricks/databricks-sdk-go/useragent"
)

// Product and version in the User-Agent of every call, as Databricks asks of integrations.
const (
	product        = "corbel"
	productVersion = "0.1.0"
)

// introduce sets the SDK's process-wide user agent, and its logger to silence: its lines are plain text and may hold
// bodies; transport logs every call instead.
var introduce = sync.OnceFunc(func() {
	useragent.WithProduct(product, productVersion)
	logger.DefaultLogger = silent{}
})

type silent struct{}

func (silent) Enabled(context.Context, logger.Level) bool     { return false }
func (silent) Tracef(context.Context, string, ...interface{}) {}
func (silent) Debugf(context.Context, string, ...interface{}) {}
func (silent) Infof(context.Context, string, ...interface{})  {}
func (silent) Warnf(context.Context, string, ...interface{})  {}
func (silent) Errorf(context.Context, string, ...interface{}) {}
