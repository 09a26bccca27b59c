package tables

import (
	"context"
	"net/http"
	"net/url"

	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

const unityCatalog = "/api/2.1/unity-catalog/"

// found is a table as Unity Catalog describes it.
type found struct {
	Owner      string            `json:"owner"`
	Properties map[string]string `json:"properties"`
}

// isOurs says whether the table bears the sample's mark.
func (f *found) isOurs(name string) bool { return f.Properties[dataset.TableProperty] == name }

// version is the one that the table holds, "" while it is not filled.
func (f *found) version() string { return f.Properties[dataset.VersionProperty] }

// table returns nil when there is no such table, or none that the user may know of.
func (t *Target) table(ctx context.Context, name string) (*found, error) {
	var f found
	exists, err := t.get(ctx, "tables/"+url.PathEscape(t.Place.Name(name)), &f)
	if err != nil || !exists {
		return nil, err
	}
	return &f, nil
}

// hasSchema says whether there is the schema, as far as the user may know.
func (t *Target) hasSchema(ctx context.Context) (bool, error) {
	return t.get(ctx, "schemas/"+url.PathEscape(t.Place.Catalog+"."+t.Place.Schema), nil)
}

func (t *Target) get(ctx context.Context, path string, answer any) (exists bool, err error) {
	c, err := t.Workspace.User(ctx)
	if err != nil {
		return false, err
	}
	err = workspace.Do(ctx, c, workspace.Call{Op: "sampledata.catalog", Method: http.MethodGet, Path: unityCatalog + path, Answer: answer})
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}
