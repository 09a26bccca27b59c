package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/files"
	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/requestlog"
)

// maxBody bounds request bodies: the longest statement, doubled for JSON's escapes.
const maxBody = 2 * dialect.MaxStatementLength

// bodyLimit bounds the body of a request: files may be larger than orders.
func bodyLimit(r *http.Request) int64 {
	if isUpload(r) {
		return files.MaxSize
	}
	return maxBody
}

// isUpload reports whether the body is a file, and not an order.
func isUpload(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, importFilePath+"/") }

type requestIDKey struct{}

var validRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// record is what the access log needs to know of an answer.
type record struct {
	http.ResponseWriter
	status int
	user   principal.Principal // zero before it is known
}

func (w *record) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (w *record) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// prefix keeps the beginning of a body, one byte more than is remembered at most.
type prefix struct {
	io.ReadCloser
	data []byte
}

func (p *prefix) Read(to []byte) (int, error) {
	n, err := p.ReadCloser.Read(to)
	p.data = append(p.data, to[:min(n, requestlog.MaxBody+1-len(p.data))]...)
	return n, err
}

// instrument gives every request its id and its log line, bounds its body and turns a
// panic into an answer.
func (s *server) instrument(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		id := r.Header.Get("X-Request-ID")
		if !validRequestID.MatchString(id) {
			id = uuid.NewString()
		}
		r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
		sent := &prefix{ReadCloser: http.MaxBytesReader(w, r.Body, bodyLimit(r))}
		r.Body = sent
		rec := &record{ResponseWriter: w}
		rec.Header().Set("X-Request-ID", id)
		rec.Header().Set("X-Databricks-Org-Id", s.WorkspaceID)
		defer func() {
			p := recover()
			switch p {
			case nil, http.ErrAbortHandler: // the second ends the connection, which is meant
			default:
				s.Logger.ErrorContext(r.Context(), "panic", "request_id", id, "module", "api", "panic", p, "stack", string(debug.Stack()))
				if rec.status == 0 {
					(&Error{http.StatusInternalServerError, "INTERNAL_ERROR", "The request failed inside the workspace. The log has the details under this request id: " + id}).write(rec)
				}
			}
			s.logRequest(r, rec, id, started, sent.data)
			if p == http.ErrAbortHandler { //nolint:errorlint // a panic's value, not an error that may be wrapped
				panic(p)
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

func (s *server) logRequest(r *http.Request, rec *record, id string, started time.Time, body []byte) {
	took := time.Since(started)
	if !strings.HasPrefix(r.URL.Path, adminPath+"/") {
		if isUpload(r) {
			body = nil // a file's content is nobody's business
		}
		e := requestlog.Describe(r, body)
		e.Time, e.RequestID, e.User, e.Status = started.UTC(), id, rec.user.UserName, rec.status
		e.DurationMS = float64(took.Microseconds()) / 1000
		s.requests.Add(e)
	}
	level := slog.LevelInfo
	if rec.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	_, route, _ := strings.Cut(r.Pattern, " ")
	if route == "" {
		route = r.Pattern
	}
	s.Logger.Log(r.Context(), level, "request", "request_id", id, "user_id", rec.user.ID, "module", "api",
		"method", r.Method, "route", route, "status", rec.status, "duration_ms", float64(took.Microseconds())/1000)
}

// authorized lets a request through whose token is valid and has one of the scopes.
func (s *server) authorized(scopes []string, next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := s.authenticate(w, r)
		if err != nil {
			return err
		}
		if !id.HasScope(scopes...) {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+scopes[0]+`"`)
			return &Error{http.StatusForbidden, "403", "Provided OAuth token does not have required scopes: " + scopes[0]}
		}
		return next(w, r.WithContext(principal.NewContext(r.Context(), id)))
	}
}

// authorizedForSecurable asks for the scope of the kind of securable in the path: whoever
// may read tables through the API may read their grants.
func (s *server) authorizedForSecurable(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		scopes := scopeCatalogAll
		switch strings.ToLower(r.PathValue("type")) {
		case "catalog":
			scopes = scopeCatalogs
		case "schema":
			scopes = scopeSchemas
		case "table":
			scopes = scopeTables
		}
		return s.authorized(scopes, next)(w, r)
	}
}

func (s *server) authenticate(w http.ResponseWriter, r *http.Request) (principal.Identity, error) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		w.Header().Set("WWW-Authenticate", "Bearer")
		return principal.Identity{}, &Error{http.StatusUnauthorized, "401", "Credential was not sent or was of an unsupported type for this API."}
	}
	id, err := s.Directory.Authenticate(strings.TrimSpace(token))
	if err != nil {
		return principal.Identity{}, &Error{http.StatusForbidden, "403", "Invalid access token."}
	}
	if rec, ok := w.(*record); ok {
		rec.user = id.Principal
	}
	return id, nil
}

// caller is who makes the request. Handlers behind authorized always have one.
func caller(r *http.Request) principal.Principal {
	id, _ := principal.FromContext(r.Context())
	return id.Principal
}
