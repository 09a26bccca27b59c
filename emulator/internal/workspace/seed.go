package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/sample"
	"corbel.example/emulator/internal/warehouse"
)

const (
	// seededFile marks a workspace that has been filled: what users drop later stays dropped.
	seededFile = "seeded"

	sampleCatalog = "samples"
	appCatalog    = "main"
	appSchema     = "samples"
	owner         = "ana@example.com"
)

// seed fills a new workspace with the sample catalog, the catalog that apps work in, and
// the grants of the sample users. It goes on where an interrupted first start left off.
func seed(ctx context.Context, stateDir string, directory *principal.Directory, store *metastore.Store, engine *warehouse.Warehouse) error {
	marker := filepath.Join(stateDir, seededFile)
	if _, err := os.Stat(marker); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s := seeder{ctx, store, engine}
	if err := s.containers(); err != nil {
		return fmt.Errorf("fill new workspace: %w", err)
	}
	for _, t := range sample.Tables() {
		if err := s.table(t); err != nil {
			return fmt.Errorf("fill new workspace: %w", err)
		}
	}
	if err := s.policies(directory); err != nil {
		return fmt.Errorf("fill new workspace: %w", err)
	}
	if err := store.Update(func(tx *metastore.Tx) error { return grantSamples(tx, directory.App().UserName) }); err != nil {
		return fmt.Errorf("fill new workspace: %w", err)
	}
	return os.WriteFile(marker, nil, 0o600)
}

type seeder struct {
	ctx    context.Context
	store  *metastore.Store
	engine *warehouse.Warehouse
}

// containers makes the catalogs and schemas that are not there yet.
func (s seeder) containers() error {
	if err := s.catalog(sampleCatalog, "Real public data of several kinds, to try things out on"); err != nil {
		return err
	}
	for _, c := range sample.Schemas() {
		if err := s.schema(metastore.Name{Catalog: sampleCatalog, Schema: c.Name}, c.Comment); err != nil {
			return err
		}
	}
	if err := s.catalog(appCatalog, "The catalog that apps work in"); err != nil {
		return err
	}
	return s.schema(metastore.Name{Catalog: appCatalog, Schema: appSchema}, "Tables that apps make")
}

func (s seeder) catalog(name, comment string) error {
	n := metastore.Name{Catalog: name}
	if s.store.Snapshot().Exists(n) {
		return s.schema(metastore.Name{Catalog: name, Schema: warehouse.DefaultSchema}, "")
	}
	return s.engine.CreateCatalog(s.ctx, n, owner, comment, nil)
}

func (s seeder) schema(n metastore.Name, comment string) error {
	if s.store.Snapshot().Exists(n) {
		return nil
	}
	return s.engine.CreateSchema(s.ctx, n, owner, comment, nil)
}

func (s seeder) table(t sample.Table) (err error) {
	table := metastore.Table{Catalog: sampleCatalog, Schema: t.Schema, Name: t.Name, Kind: metastore.Managed}
	table.Owner, table.Comment = owner, t.Comment
	table.Properties = map[string]string{"source": t.Source, "license": t.License}
	for _, c := range t.Columns {
		table.Columns = append(table.Columns, metastore.Column{Name: c.Name, Type: c.Type, Nullable: c.Nullable, Comment: c.Comment})
	}
	if s.store.Snapshot().Exists(table.FullName()) {
		return nil
	}
	rows, err := t.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	return s.engine.Load(s.ctx, table, rows)
}

// policies put a row filter and column masks before one of the tables that ben may read:
// only administrators see military flights, and what strikes cost.
func (s seeder) policies(directory *principal.Directory) error {
	ana, ok := directory.User(owner)
	if !ok {
		return fmt.Errorf("no user %q", owner)
	}
	statements := []string{
		"CREATE OR REPLACE FUNCTION samples.transport.civil_or_admin(operator STRING) RETURNS BOOLEAN COMMENT 'Whether the caller may see flights of the operator' RETURN is_account_group_member('admins') OR operator <> 'MILITARY'",
		"CREATE OR REPLACE FUNCTION samples.transport.cost_for_admins(cost BIGINT) RETURNS BIGINT COMMENT 'The cost, for administrators' RETURN CASE WHEN is_account_group_member('admins') THEN cost END",
		"ALTER TABLE samples.transport.wildlife_strikes SET ROW FILTER samples.transport.civil_or_admin ON (operator)",
	}
	for _, column := range []string{"repair_cost", "other_cost", "total_cost"} {
		statements = append(statements, "ALTER TABLE samples.transport.wildlife_strikes ALTER COLUMN "+column+" SET MASK samples.transport.cost_for_admins")
	}
	for _, statement := range statements {
		if err := s.engine.Execute(s.ctx, warehouse.Request{Statement: statement, Principal: ana}, nothing{}); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// nothing takes the empty results of statements that have none.
type nothing struct{}

func (nothing) Columns([]warehouse.Column) error { return nil }

func (nothing) Row([]any) error { return nil }

// grantSamples gives the sample users what makes them different: ana everything, ben two
// schemas and one table of a third, cleo nothing. The app may read what apps make.
func grantSamples(tx *metastore.Tx, app string) error {
	const ben = "ben@example.com"
	catalog := func(name string) metastore.Name { return metastore.Name{Catalog: name} }
	schema := func(c, name string) metastore.Name { return metastore.Name{Catalog: c, Schema: name} }
	for _, g := range []struct {
		on         metastore.Name
		principal  string
		privileges []metastore.Privilege
	}{
		{catalog(sampleCatalog), owner, []metastore.Privilege{metastore.AllPrivileges}},
		{catalog(appCatalog), owner, []metastore.Privilege{metastore.AllPrivileges}},
		{catalog(sampleCatalog), ben, []metastore.Privilege{metastore.UseCatalog}},
		{schema(sampleCatalog, "science"), ben, []metastore.Privilege{metastore.UseSchema, metastore.Select}},
		{schema(sampleCatalog, "transport"), ben, []metastore.Privilege{metastore.UseSchema, metastore.Select}},
		{schema(sampleCatalog, "economy"), ben, []metastore.Privilege{metastore.UseSchema}},
		{metastore.Name{Catalog: sampleCatalog, Schema: "economy", Table: "country_indicators"}, ben, []metastore.Privilege{metastore.Select}},
		{catalog(appCatalog), ben, []metastore.Privilege{metastore.UseCatalog}},
		{schema(appCatalog, appSchema), ben, []metastore.Privilege{metastore.UseSchema, metastore.CreateTable}},
		{catalog(appCatalog), app, []metastore.Privilege{metastore.UseCatalog}},
		{schema(appCatalog, appSchema), app, []metastore.Privilege{metastore.UseSchema, metastore.Select}},
	} {
		if err := tx.ChangeGrants(g.on, metastore.Change{Principal: g.principal, Add: g.privileges}); err != nil {
			return err
		}
	}
	return nil
}
