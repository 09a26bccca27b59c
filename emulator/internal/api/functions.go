package api

import (
	"fmt"
	"net/http"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

type functionInfo struct {
	Name              string             `json:"name"`
	CatalogName       string             `json:"catalog_name"`
	SchemaName        string             `json:"schema_name"`
	FullName          string             `json:"full_name"`
	SpecificName      string             `json:"specific_name"`
	FunctionID        string             `json:"function_id"`
	InputParams       functionParameters `json:"input_params"`
	DataType          string             `json:"data_type,omitempty"`
	FullDataType      string             `json:"full_data_type,omitempty"`
	RoutineBody       string             `json:"routine_body"`
	RoutineDefinition string             `json:"routine_definition"`
	ParameterStyle    string             `json:"parameter_style"`
	SecurityType      string             `json:"security_type"`
	SQLDataAccess     string             `json:"sql_data_access"`
	SecurableType     string             `json:"securable_type"`
	audited
}

type functionParameters struct {
	Parameters []functionParameter `json:"parameters,omitempty"`
}

type functionParameter struct {
	Name          string `json:"name"`
	TypeText      string `json:"type_text"`
	TypeName      string `json:"type_name"`
	TypeJSON      string `json:"type_json"`
	TypePrecision int    `json:"type_precision"`
	TypeScale     int    `json:"type_scale"`
	Position      int    `json:"position"`
	ParameterMode string `json:"parameter_mode"`
	ParameterType string `json:"parameter_type"`
}

func describeFunction(s *metastore.Snapshot, f *metastore.Function) (functionInfo, error) {
	info := functionInfo{
		Name: f.Name, CatalogName: f.Catalog, SchemaName: f.Schema, FullName: f.FullName().String(), SpecificName: f.Name, FunctionID: f.ID,
		RoutineBody: "SQL", RoutineDefinition: f.Definition, ParameterStyle: "S", SecurityType: "DEFINER", SQLDataAccess: "READS_SQL_DATA",
		SecurableType: "FUNCTION", audited: audit(s, f.Details),
	}
	for i, p := range f.Parameters {
		c, err := describeColumn(metastore.Column{Name: p.Name, Type: p.Type, Nullable: true}, i)
		if err != nil {
			return info, fmt.Errorf("function %s: %w", f.FullName(), err)
		}
		info.InputParams.Parameters = append(info.InputParams.Parameters, functionParameter{
			c.Name, c.TypeText, c.TypeName, c.TypeJSON, c.TypePrecision, c.TypeScale, i, "IN", "PARAM",
		})
	}
	if returns, err := dialect.ParseType(f.Returns); err == nil { // a function may leave it to its expression
		info.DataType, info.FullDataType = returns.RESTName(), returns.Catalog()
	}
	return info, nil
}

func (s *server) listFunctions(w http.ResponseWriter, r *http.Request) error {
	snapshot, in, err := s.listed(r)
	if err != nil {
		return err
	}
	var seen []*metastore.Function
	for _, f := range snapshot.Functions(in) {
		if snapshot.Visible(caller(r), f.FullName()) {
			seen = append(seen, f)
		}
	}
	cut, next, err := page(r.URL.Query(), seen, func(f *metastore.Function) string { return f.Name })
	if err != nil {
		return err
	}
	body := struct {
		Functions []functionInfo `json:"functions,omitempty"`
		Next      string         `json:"next_page_token,omitempty"`
	}{Next: next}
	for _, f := range cut {
		info, err := describeFunction(snapshot, f)
		if err != nil {
			return err
		}
		body.Functions = append(body.Functions, info)
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

func (s *server) getFunction(w http.ResponseWriter, r *http.Request) error {
	n, err := securable(r.PathValue("name"), metastore.KindFunction)
	if err != nil {
		return err
	}
	snapshot := s.Metastore.Snapshot()
	if err := visible(snapshot, caller(r), n); err != nil {
		return err
	}
	f, _ := snapshot.Function(n)
	info, err := describeFunction(snapshot, f)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, info)
	return nil
}

func (s *server) deleteFunction(w http.ResponseWriter, r *http.Request) error {
	return s.remove(w, r, metastore.KindFunction)
}
