package sample

func geography() []Table {
	return []Table{{
		Schema:  "geography",
		Name:    "us_postal_codes",
		Comment: "Postal (ZIP) codes of the United States below 70000 and their places, as of 2017",
		Source:  "GeoNames, https://download.geonames.org/export/zip/",
		License: "CC-BY-4.0",
		Columns: []Column{
			{Name: "postal_code", Type: "STRING", Comment: "Five digits; leading zeros count"},
			{Name: "city", Type: "STRING", Comment: "Place that the code serves"},
			{Name: "state", Type: "STRING", Comment: "Two-letter postal abbreviation of the state or territory"},
			{Name: "county", Type: "STRING", Comment: "County"},
			{Name: "latitude", Type: "DECIMAL(7,4)", Comment: "Degrees north (WGS 84)"},
			{Name: "longitude", Type: "DECIMAL(8,4)", Comment: "Degrees east (WGS 84)"},
		},
	}}
}
