package api

import (
	"errors"
	"log/slog"
	"net/http"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/apps"
	"corbel.example/emulator/internal/compute"
	"corbel.example/emulator/internal/fault"
	"corbel.example/emulator/internal/files"
	"corbel.example/emulator/internal/lakebase"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/requestlog"
	"corbel.example/emulator/internal/secret"
	"corbel.example/emulator/internal/serving"
	"corbel.example/emulator/internal/statement"
)

// Deps are what the APIs are made of.
type Deps struct {
	Directory  *principal.Directory
	Metastore  *metastore.Store
	Statements *statement.Registry
	// Engine runs the definitions of the catalog's APIs.
	Engine    Engine
	Warehouse WarehouseInfo
	// Lakebase is the workspace's PostgreSQL; nil: it has none.
	Lakebase *lakebase.Lakebase
	// Serving holds the model serving endpoints, and TokensPerSecond is how fast their streams are; 0 means
	// as fast as they can.
	Serving         *serving.Registry
	TokensPerSecond float64
	// Files, Secrets and Permissions are the workspace's, and Apps its apps; nil: it runs none.
	Files       *files.Store
	Secrets     *secret.Store
	Permissions *acl.Store
	Apps        *apps.Registry
	// Compute is the warehouse's life.
	Compute *compute.Compute
	// Faults are what requests meet on demand.
	Faults *fault.Set
	// WorkspaceID is what X-Databricks-Org-Id says.
	WorkspaceID string
	Logger      *slog.Logger
}

// WarehouseInfo describes the workspace's one SQL warehouse.
type WarehouseInfo struct{ ID, Name string }

// Scopes of user tokens, by the API that asks for them. The names are those that apps
// request in user_api_scopes; a scope without ":read" holds the reading one.
var (
	scopeSQL      = []string{"sql", "sql.statement-execution"}
	scopeCatalogs = []string{"catalog.catalogs:read", "catalog.catalogs", "unity-catalog"}
	scopeSchemas  = []string{"catalog.schemas:read", "catalog.schemas", "unity-catalog"}
	scopeTables   = []string{"catalog.tables:read", "catalog.tables", "unity-catalog"}
	// Scopes for changing what the others read.
	scopeCatalogWrite = []string{"catalog.catalogs", "unity-catalog"}
	scopeSchemaWrite  = []string{"catalog.schemas", "unity-catalog"}
	scopeTableWrite   = []string{"catalog.tables", "unity-catalog"}
	// The scope of all of Unity Catalog: of what has none of its own.
	scopeCatalogAll = []string{"unity-catalog"}
	scopeMe         = []string{"iam.current-user:read", "iam.current-user"}
	scopeSCIM       = []string{"scim", "iam.access-control:read"}
)

type server struct {
	Deps
	links    signer
	requests *requestlog.Log
}

// New returns the handler of all APIs.
func New(d Deps) http.Handler {
	s := &server{Deps: d, links: newSigner(), requests: &requestlog.Log{}}
	mux := http.NewServeMux()
	open := func(pattern string, h handler) { mux.Handle(pattern, s.answer(h)) }
	api := func(pattern string, scopes []string, h handler) {
		mux.Handle(pattern, s.answer(s.authorized(scopes, h)))
	}

	open("GET /.well-known/databricks-config", s.hostMetadata)
	open("GET /oidc/.well-known/oauth-authorization-server", s.authorizationServer)
	open("POST /oidc/v1/token", s.token)

	api("GET /api/2.0/preview/scim/v2/Me", scopeMe, s.me)
	api("GET /api/2.0/preview/scim/v2/Users", scopeSCIM, s.users)
	api("GET /api/2.0/preview/scim/v2/Users/{id}", scopeSCIM, s.user)
	api("GET /api/2.0/preview/scim/v2/ServicePrincipals", scopeSCIM, s.servicePrincipals)
	api("GET /api/2.0/preview/scim/v2/ServicePrincipals/{id}", scopeSCIM, s.servicePrincipal)
	api("GET /api/2.0/preview/scim/v2/Groups", scopeSCIM, s.groups)
	api("GET /api/2.0/preview/scim/v2/Groups/{id}", scopeSCIM, s.group)

	api("GET /api/2.0/sql/warehouses", scopeSQL, s.listWarehouses)
	api("GET /api/2.0/sql/warehouses/{id}", scopeSQL, s.getWarehouse)
	api("POST /api/2.0/sql/warehouses/{id}/start", scopeSQL, s.startWarehouse)
	api("POST /api/2.0/sql/warehouses/{id}/stop", scopeSQL, s.stopWarehouse)

	const statements = "/api/2.0/sql/statements"
	api("POST "+statements, scopeSQL, s.executeStatement)
	api("POST "+statements+"/{$}", scopeSQL, s.executeStatement)
	api("GET "+statements+"/{id}", scopeSQL, s.getStatement)
	api("GET "+statements+"/{id}/result/chunks/{chunk}", scopeSQL, s.getChunk)
	api("POST "+statements+"/{id}/cancel", scopeSQL, s.cancelStatement)
	open("GET "+linkPath+"/{id}/{chunk}", s.externalChunk)

	const catalog = "/api/2.1/unity-catalog"
	api("GET "+catalog+"/catalogs", scopeCatalogs, s.listCatalogs)
	api("GET "+catalog+"/catalogs/{name}", scopeCatalogs, s.getCatalog)
	api("GET "+catalog+"/schemas", scopeSchemas, s.listSchemas)
	api("GET "+catalog+"/schemas/{name}", scopeSchemas, s.getSchema)
	api("GET "+catalog+"/tables", scopeTables, s.listTables)
	api("GET "+catalog+"/tables/{name}", scopeTables, s.getTable)
	api("POST "+catalog+"/catalogs", scopeCatalogWrite, s.createCatalog)
	api("PATCH "+catalog+"/catalogs/{name}", scopeCatalogWrite, s.updateCatalog)
	api("DELETE "+catalog+"/catalogs/{name}", scopeCatalogWrite, s.deleteCatalog)
	api("POST "+catalog+"/schemas", scopeSchemaWrite, s.createSchema)
	api("PATCH "+catalog+"/schemas/{name}", scopeSchemaWrite, s.updateSchema)
	api("DELETE "+catalog+"/schemas/{name}", scopeSchemaWrite, s.deleteSchema)
	api("POST "+catalog+"/tables", scopeTableWrite, s.createTable)
	api("PATCH "+catalog+"/tables/{name}", scopeTableWrite, s.updateTable)
	api("DELETE "+catalog+"/tables/{name}", scopeTableWrite, s.deleteTable)
	mux.Handle("GET "+catalog+"/permissions/{type}/{name}", s.answer(s.authorizedForSecurable(s.getPermissions)))
	mux.Handle("GET "+catalog+"/effective-permissions/{type}/{name}", s.answer(s.authorizedForSecurable(s.getEffectivePermissions)))
	api("PATCH "+catalog+"/permissions/{type}/{name}", scopeCatalogAll, s.updatePermissions)
	api("GET "+catalog+"/volumes", scopeCatalogAll, s.listVolumes)
	api("POST "+catalog+"/volumes", scopeCatalogAll, s.createVolume)
	api("GET "+catalog+"/volumes/{name}", scopeCatalogAll, s.getVolume)
	api("PATCH "+catalog+"/volumes/{name}", scopeCatalogAll, s.updateVolume)
	api("DELETE "+catalog+"/volumes/{name}", scopeCatalogAll, s.deleteVolume)
	api("GET "+catalog+"/functions", scopeCatalogAll, s.listFunctions)
	api("GET "+catalog+"/functions/{name}", scopeCatalogAll, s.getFunction)
	api("DELETE "+catalog+"/functions/{name}", scopeCatalogAll, s.deleteFunction)

	admin := func(pattern string, h handler) { mux.Handle(pattern, s.answer(s.administrator(h))) }
	admin("GET "+adminPath+"/faults", s.listFaults)
	admin("POST "+adminPath+"/faults", s.addFault)
	admin("DELETE "+adminPath+"/faults", s.clearFaults)
	admin("DELETE "+adminPath+"/faults/{id}", s.removeFault)
	admin("GET "+adminPath+"/requests", s.listRequests)
	admin("POST "+adminPath+"/tokens/revoke", s.revokeTokens)
	s.routeFiles(api)
	s.routeSecrets(api)
	s.routeObjectPermissions(func(pattern string, h handler) { mux.Handle(pattern, s.answer(h)) })
	if s.Apps != nil {
		s.routeApps(api)
	}
	s.routeServing(api)
	s.routeServingAdmin(admin)
	if s.Lakebase != nil {
		s.routePostgres(api)
		s.routeDatabase(api)
		s.routePostgresAdmin(admin)
	}

	api("POST /telemetry-ext", scopeMe, s.telemetry)

	open("/", func(_ http.ResponseWriter, r *http.Request) error {
		return &Error{http.StatusNotFound, "ENDPOINT_NOT_FOUND", "No API found for '" + r.Method + " " + r.URL.Path + "'"}
	})
	return s.instrument(s.withFaults(mux))
}

// handler answers a request, or returns an error that becomes the answer.
type handler func(w http.ResponseWriter, r *http.Request) error

// answer makes a handler of one that returns errors.
func (s *server) answer(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		var known *Error
		if !errors.As(err, &known) {
			s.Logger.ErrorContext(r.Context(), "request failed", "request_id", requestID(r.Context()), "module", "api", "error", err.Error())
			known = &Error{http.StatusInternalServerError, "INTERNAL_ERROR", "The request failed inside the workspace. The log has the details under this request id: " + requestID(r.Context())}
		}
		known.write(w)
	})
}
