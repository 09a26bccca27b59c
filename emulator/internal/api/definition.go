package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/warehouse"
)

// Engine executes statements.
type Engine interface {
	Execute(ctx context.Context, r warehouse.Request, sink warehouse.Sink) error
	RenameSchema(ctx context.Context, by principal.Principal, from, to metastore.Name) error
}

// define runs a definition as the caller. The catalog's APIs say it in SQL, so that its
// privileges, names and states have one set of rules.
func (s *server) define(r *http.Request, n metastore.Name, statement string) error {
	err := s.Engine.Execute(r.Context(), warehouse.Request{Statement: statement, Principal: caller(r)}, noResult{})
	var known *dialect.Error
	if !errors.As(err, &known) {
		return err
	}
	return fromStatement(n, known)
}

// noResult is the sink of statements whose result nobody wants.
type noResult struct{}

func (noResult) Columns([]warehouse.Column) error { return nil }
func (noResult) Row([]any) error                  { return nil }

// fromStatement turns a statement's error into the one that the catalog's APIs give.
func fromStatement(n metastore.Name, e *dialect.Error) error {
	message := e.Detail
	switch e.Class {
	case "INSUFFICIENT_PERMISSIONS":
		_, lacks, _ := strings.Cut(message, "\n")
		return denied(lacks)
	case "NO_SUCH_CATALOG_EXCEPTION":
		return notFound(metastore.Name{Catalog: n.Catalog})
	case "SCHEMA_NOT_FOUND":
		return notFound(metastore.Name{Catalog: n.Catalog, Schema: n.Schema})
	case "TABLE_OR_VIEW_NOT_FOUND", "UNRESOLVED_ROUTINE", "ROUTINE_NOT_FOUND":
		return notFound(n)
	case "CATALOG_ALREADY_EXISTS", "SCHEMA_ALREADY_EXISTS", "TABLE_OR_VIEW_ALREADY_EXISTS":
		return alreadyExists(n)
	case "SCHEMA_NOT_EMPTY":
		return &Error{http.StatusBadRequest, "INVALID_STATE", n.Kind().Title() + " '" + n.String() + "' is not empty. Delete what is in it, or set force."}
	case "PRINCIPAL_DOES_NOT_EXIST":
		return &Error{http.StatusNotFound, e.Class, message}
	case "UNSUPPORTED_FEATURE":
		return unserved("%s", message)
	case "INTERNAL_ERROR":
		return &Error{http.StatusInternalServerError, e.Class, message}
	}
	return invalid("%s", message)
}

// create is what the APIs that create catalogs and schemas take.
type create struct {
	Name        string            `json:"name"`
	CatalogName string            `json:"catalog_name"`
	Comment     string            `json:"comment"`
	Properties  map[string]string `json:"properties"`
	StorageRoot string            `json:"storage_root"`
}

// change is what the APIs that update securables take. What is absent stays.
type change struct {
	Owner      *string            `json:"owner"`
	Comment    *string            `json:"comment"`
	Properties *map[string]string `json:"properties"`
	NewName    string             `json:"new_name"`
}

// update makes the change and returns the name that the securable has then; a new owner comes
// last, who may take it from the caller.
func (s *server) update(r *http.Request, n metastore.Name, kept map[string]string) (metastore.Name, error) {
	var c change
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		return n, malformed(err)
	}
	if c.Owner != nil {
		if _, ok := s.Directory.Known(*c.Owner); !ok {
			return n, unknownPrincipal(*c.Owner)
		}
	}
	n, err := s.rename(r, n, strings.ToLower(c.NewName))
	if err != nil {
		return n, err
	}
	for _, statement := range c.statements(n, kept) {
		if err := s.define(r, n, statement); err != nil {
			return n, err
		}
	}
	return n, nil
}

// rename gives a schema another name; the others of the catalog's APIs keep theirs.
func (s *server) rename(r *http.Request, n metastore.Name, name string) (metastore.Name, error) {
	if name == "" || n.Renamed(name) == n {
		return n, nil
	}
	if n.Kind() != metastore.KindSchema {
		return n, unserved("new_name: this workspace renames schemas and volumes only.")
	}
	to := n.Renamed(name)
	if err := s.Engine.RenameSchema(r.Context(), caller(r), n, to); err != nil {
		at := n
		if errors.Is(err, metastore.ErrExists) {
			at = to
		}
		return n, fromMetastore(at, err)
	}
	return to, nil
}

// statements are the change in SQL.
func (c change) statements(n metastore.Name, kept map[string]string) []string {
	object := string(n.Kind()) + " " + n.Quoted()
	var statements []string
	if c.Comment != nil {
		statements = append(statements, "COMMENT ON "+object+" IS "+literal(*c.Comment))
	}
	if c.Properties != nil {
		var gone []string
		for key := range kept {
			if _, stays := (*c.Properties)[key]; !stays {
				gone = append(gone, literal(key))
			}
		}
		if len(gone) > 0 {
			slices.Sort(gone)
			statements = append(statements, "ALTER "+object+" UNSET TBLPROPERTIES ("+strings.Join(gone, ", ")+")")
		}
		if len(*c.Properties) > 0 {
			statements = append(statements, "ALTER "+object+" SET TBLPROPERTIES ("+pairs(*c.Properties)+")")
		}
	}
	if c.Owner != nil {
		statements = append(statements, "ALTER "+object+" OWNER TO "+identifier(*c.Owner))
	}
	return statements
}

// remove drops a securable, with everything in it when the query says force.
func (s *server) remove(w http.ResponseWriter, r *http.Request, kind metastore.SecurableKind) error {
	n, err := securable(r.PathValue("name"), kind)
	if err != nil {
		return err
	}
	object := string(kind)
	if t, ok := s.Metastore.Snapshot().Table(n); ok && t.Kind == metastore.View {
		object = "VIEW"
	}
	statement := "DROP " + object + " " + n.Quoted()
	if (kind == metastore.KindCatalog || kind == metastore.KindSchema) && r.URL.Query().Get("force") == "true" {
		statement += " CASCADE"
	}
	if err := s.define(r, n, statement); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

// literal is a string literal of Databricks SQL.
func literal(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

func identifier(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func pairs(properties map[string]string) string {
	list := make([]string, 0, len(properties))
	for key, value := range properties {
		list = append(list, literal(key)+" = "+literal(value))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}
