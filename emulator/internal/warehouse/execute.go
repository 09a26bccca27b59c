package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
)

// The catalog and schema of statements that name none.
const (
	DefaultCatalog = "main"
	DefaultSchema  = "default"
)

// Request is a statement to execute.
type Request struct {
	Statement string
	Arguments []dialect.Argument
	Principal principal.Principal
	// Catalog and Schema resolve unqualified names; empty means the defaults.
	Catalog, Schema string
}

// Column is a column of a result.
type Column struct {
	Name string
	Type *dialect.Type
}

// Sink takes a result: the columns once, then rows. The values are those of DuckDB's
// driver, nil for NULL; [dialect.Render] makes text of them. A row is valid during the call
// only. An error of the sink ends the statement and is returned by [Warehouse.Execute].
type Sink interface {
	Columns(columns []Column) error
	Row(values []any) error
}

// ErrEnough is returned by a [Sink] that wants no more rows; it is not a failure.
var ErrEnough = errors.New("enough rows")

// Execute runs one statement and writes its result to the sink. Its error is a
// [*dialect.Error] whatever went wrong, except for errors of the context and the sink.
func (w *Warehouse) Execute(ctx context.Context, r Request, sink Sink) error {
	err := w.execute(ctx, r, sink)
	var sinkErr *sinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &sinkErr):
		if errors.Is(sinkErr.err, ErrEnough) {
			return nil
		}
		return sinkErr.err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return w.classify(ctx, err)
}

// sinkError keeps the sink's errors apart from the statement's.
type sinkError struct{ err error }

func (e *sinkError) Error() string { return e.err.Error() }
func (e *sinkError) Unwrap() error { return e.err }

// classify turns any error into what the caller may read. What only the operator may read
// goes to the log.
func (w *Warehouse) classify(ctx context.Context, err error) *dialect.Error {
	var known *dialect.Error
	if errors.As(err, &known) {
		return known
	}
	var lacks *metastore.DeniedError
	if errors.As(err, &lacks) {
		return dialect.Denied(lacks.Error())
	}
	var notOwner *metastore.NotOwnerError
	if errors.As(err, &notOwner) {
		return dialect.Denied(notOwner.Error())
	}
	var badName *metastore.InvalidNameError
	if errors.As(err, &badName) {
		return dialect.InvalidName("`" + badName.Part + "`")
	}
	if known := dialect.Classify(err.Error()); known != nil {
		return known
	}
	w.log.ErrorContext(ctx, "statement failed inside the workspace", "error", err.Error())
	return dialect.Internal()
}

// run is one statement under way.
type run struct {
	*Warehouse
	conn     *sql.Conn
	caller   principal.Principal
	snapshot *metastore.Snapshot
	// used are the securables that the statement's checks depend on.
	used map[metastore.Name]struct{}
	// defines tells that the statement holds the lock on definitions, answered that the
	// sink has got columns.
	defines, answered bool
	// hides tells that the statement reads what is behind a barrier.
	hides    bool
	fallback metastore.Name // resolves unqualified names
	src      string
	sink     Sink
}

func (w *Warehouse) execute(ctx context.Context, r Request, sink Sink) (err error) {
	tokens, err := dialect.Lex(r.Statement)
	if err != nil {
		return err
	}
	if tokens, err = dialect.Bind(tokens, r.Arguments); err != nil {
		return err
	}
	statement, err := dialect.Parse(r.Statement, tokens)
	if err != nil {
		return err
	}
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := conn.Close(); err == nil {
			err = closeErr
		}
	}()
	x := &run{
		Warehouse: w, conn: conn, caller: r.Principal, snapshot: w.store.Snapshot(), used: map[metastore.Name]struct{}{}, src: r.Statement, sink: sink,
		fallback: metastore.Name{Catalog: lowerOr(r.Catalog, DefaultCatalog), Schema: lowerOr(r.Schema, DefaultSchema)},
	}
	if err := x.checkArguments(ctx, r.Arguments); err != nil {
		return err
	}
	return x.restarting(ctx, statement)
}

func lowerOr(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return strings.ToLower(name)
}

func (x *run) dispatch(ctx context.Context, statement dialect.Statement) error {
	switch s := statement.(type) {
	case dialect.Query:
		return x.query(ctx, s)
	case dialect.Explain:
		return x.explain(ctx, s)
	case dialect.Insert:
		return x.insert(ctx, s)
	case dialect.Update:
		return x.update(ctx, s)
	case dialect.Delete:
		return x.delete(ctx, s)
	case dialect.Truncate:
		return x.truncate(ctx, s)
	case dialect.Merge:
		return x.merge(ctx, s)
	case dialect.Immediate:
		x.src = s.Text
		return x.dispatch(ctx, s.Statement)
	case dialect.SessionChange:
		return x.changeSession(s)
	case dialect.Maintain:
		return x.maintain(ctx, s)
	case dialect.Show:
		return x.show(ctx, s)
	case dialect.Describe:
		return x.describe(ctx, s)
	case dialect.Use:
		return x.use(s)
	case dialect.Grant:
		return x.grant(s)
	}
	unlock, err := x.definitions.lock(ctx, struct{}{})
	if err != nil {
		return err
	}
	defer unlock()
	x.defines = true
	x.snapshot = x.store.Snapshot() // the state that the change is made to
	switch s := statement.(type) {
	case dialect.CreateContainer:
		return x.createContainer(ctx, s)
	case dialect.CreateTable:
		return x.createTable(ctx, s)
	case dialect.CreateView:
		return x.createView(ctx, s)
	case dialect.CreateFunction:
		return x.createFunction(ctx, s)
	case dialect.Drop:
		return x.drop(ctx, s)
	case dialect.Alter:
		return x.alter(ctx, s)
	case dialect.CommentOn:
		return x.commentOn(ctx, s)
	}
	return dialect.Unsupported("the statement " + statement.Verb())
}

// table resolves the name of a table.
func (x *run) table(parts []string) metastore.Name {
	n := x.fallback
	lower := make([]string, len(parts))
	for i, p := range parts {
		lower[i] = strings.ToLower(p)
	}
	switch len(lower) {
	case 1:
		n.Table = lower[0]
	case 2:
		n.Schema, n.Table = lower[0], lower[1]
	case 3:
		n = metastore.Name{Catalog: lower[0], Schema: lower[1], Table: lower[2]}
	}
	return n
}

// object resolves the name of an object of the kind.
func (x *run) object(kind dialect.ObjectKind, parts []string) (metastore.Name, error) {
	tooLong := dialect.InvalidName("`" + strings.Join(parts, "`.`") + "`")
	switch kind {
	case dialect.MetastoreObject:
		return metastore.Name{}, nil
	case dialect.CatalogObject:
		if len(parts) != 1 {
			return metastore.Name{}, tooLong
		}
		return metastore.Name{Catalog: strings.ToLower(parts[0])}, nil
	case dialect.SchemaObject:
		switch len(parts) {
		case 1:
			return metastore.Name{Catalog: x.fallback.Catalog, Schema: strings.ToLower(parts[0])}, nil
		case 2:
			return metastore.Name{Catalog: strings.ToLower(parts[0]), Schema: strings.ToLower(parts[1])}, nil
		}
		return metastore.Name{}, tooLong
	case dialect.FunctionObject:
		return x.function(parts), nil
	case dialect.VolumeObject:
		n := x.table(parts)
		n.Table, n.Volume = "", n.Table
		return n, nil
	}
	return x.table(parts), nil
}

// notFound is the error for a securable that doesn't exist.
func notFound(n metastore.Name) error {
	switch n.Kind() {
	case metastore.KindCatalog:
		return dialect.CatalogNotFound(n.Catalog)
	case metastore.KindSchema:
		return dialect.SchemaNotFound(n.Quoted())
	case metastore.KindFunction:
		return dialect.RoutineNotFound(n.Quoted())
	case metastore.KindVolume:
		return dialect.VolumeNotFound(n.Quoted())
	}
	return dialect.TableNotFound(n.Quoted())
}

// require checks that the securable exists and that the caller holds the privilege on it.
// Whoever may not use what it is in does not learn whether it exists.
func (x *run) require(n metastore.Name, privileges ...metastore.Privilege) error {
	x.used[n] = struct{}{}
	catalog := metastore.Name{Catalog: n.Catalog}
	if n.Catalog != "" && !x.snapshot.Exists(catalog) {
		return notFound(n)
	}
	if n.Table != "" || n.Function != "" || n.Volume != "" || n.Schema != "" && !x.snapshot.CanManage(x.caller, n) {
		if err := x.snapshot.CheckUse(x.caller, n.Parent()); err != nil {
			return err
		}
	}
	if !x.snapshot.Exists(n) {
		return notFound(n)
	}
	for _, p := range privileges {
		if err := x.snapshot.Check(x.caller, p, n); err != nil {
			return err
		}
	}
	return nil
}

// requireManage checks that the securable exists and that the caller may manage it.
func (x *run) requireManage(n metastore.Name) error {
	x.used[n] = struct{}{}
	if !x.snapshot.Exists(n) {
		if err := x.require(n); err != nil {
			return err
		}
	}
	return x.snapshot.CheckManage(x.caller, n)
}

// exec runs a DuckDB statement without a result.
func (x *run) exec(ctx context.Context, statement string) error {
	if _, err := x.conn.ExecContext(ctx, statement); err != nil {
		return err
	}
	return nil
}

// done writes the empty result of a statement that has none.
func (x *run) done() error {
	x.answered = true
	if err := x.sink.Columns(nil); err != nil {
		return &sinkError{err}
	}
	return nil
}

// answer writes a small result made of strings; nil is NULL.
func (x *run) answer(columns []Column, rows [][]*string) error {
	x.answered = true
	if err := x.sink.Columns(columns); err != nil {
		return &sinkError{err}
	}
	for _, row := range rows {
		values := make([]any, len(columns))
		for i, v := range row {
			if v != nil {
				values[i] = *v
			}
		}
		if err := x.sink.Row(values); err != nil {
			return &sinkError{err}
		}
	}
	return nil
}

func stringColumns(names ...string) []Column {
	columns := make([]Column, len(names))
	for i, n := range names {
		columns[i] = Column{n, &dialect.Type{Name: dialect.StringType}}
	}
	return columns
}

func texts(values ...string) []*string {
	row := make([]*string, len(values))
	for i := range values {
		row[i] = &values[i]
	}
	return row
}

// counts writes the result of a change of rows.
func (x *run) counts(names []string, counts []int64) error {
	columns := make([]Column, len(names))
	row := make([]any, len(names))
	for i, n := range names {
		columns[i], row[i] = Column{n, &dialect.Type{Name: dialect.BigInt}}, counts[i]
	}
	x.answered = true
	if err := x.sink.Columns(columns); err != nil {
		return &sinkError{err}
	}
	if err := x.sink.Row(row); err != nil {
		return &sinkError{err}
	}
	return nil
}
