package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
)

// csvFile reads a CSV file with a header row.
func csvFile(path string) func(archive) ([]record, error) {
	return func(files archive) ([]record, error) {
		lines, err := csv.NewReader(bytes.NewReader(files[path])).ReadAll()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if len(lines) == 0 {
			return nil, fmt.Errorf("%s: missing or empty", path)
		}
		records := make([]record, 0, len(lines)-1)
		for _, line := range lines[1:] {
			rec := record{}
			for i, name := range lines[0] {
				rec[name] = line[i]
			}
			records = append(records, rec)
		}
		return records, nil
	}
}

// jsonFile reads a JSON array of objects.
func jsonFile(path string) func(archive) ([]record, error) {
	return func(files archive) ([]record, error) {
		var objects []map[string]json.RawMessage
		if err := json.Unmarshal(files[path], &objects); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		records := make([]record, 0, len(objects))
		for _, object := range objects {
			rec, err := scalars(object)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			records = append(records, rec)
		}
		return records, nil
	}
}

// geoJSONFile reads a GeoJSON collection of points: their properties, "id", "longitude", "latitude" and "depth".
func geoJSONFile(path string) func(archive) ([]record, error) {
	return func(files archive) ([]record, error) {
		var collection struct {
			Features []struct {
				ID         string
				Properties map[string]json.RawMessage
				Geometry   struct{ Coordinates [3]json.Number }
			}
		}
		if err := json.Unmarshal(files[path], &collection); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		records := make([]record, 0, len(collection.Features))
		for _, feature := range collection.Features {
			rec, err := scalars(feature.Properties)
			if err != nil {
				return nil, fmt.Errorf("%s: feature %s: %w", path, feature.ID, err)
			}
			point := feature.Geometry.Coordinates
			rec["id"] = feature.ID
			rec["longitude"], rec["latitude"], rec["depth"] = point[0].String(), point[1].String(), point[2].String()
			records = append(records, rec)
		}
		return records, nil
	}
}

// scalars turns an object into a record: strings without their quotes, null into unknown, everything else as it is written.
func scalars(object map[string]json.RawMessage) (record, error) {
	rec := record{}
	for name, raw := range object {
		switch {
		case string(raw) == "null":
		case raw[0] == '"':
			var text string
			if err := json.Unmarshal(raw, &text); err != nil {
				return nil, fmt.Errorf("field %q: %w", name, err)
			}
			rec[name] = text
		default:
			rec[name] = string(raw)
		}
	}
	return rec, nil
}
