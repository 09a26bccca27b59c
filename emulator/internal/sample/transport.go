package sample

func transport() []Table {
	return []Table{
		{
			Schema:  "transport",
			Name:    "airports",
			Comment: "Airports of the United States and its territories",
			Source:  "U.S. Department of Transportation through data.gov, https://catalog.data.gov/dataset/airports-5e97a",
			License: "US government work (public domain)",
			Columns: []Column{
				{Name: "iata", Type: "STRING", Comment: "Code of the airport"},
				{Name: "name", Type: "STRING", Comment: "Name of the airport"},
				{Name: "city", Type: "STRING", Comment: "City; NULL where not known", Nullable: true},
				{Name: "state", Type: "STRING", Comment: "Two-letter postal abbreviation of the state or territory; NULL where not known", Nullable: true},
				{Name: "country", Type: "STRING", Comment: "Country"},
				{Name: "latitude", Type: "DOUBLE", Comment: "Degrees north"},
				{Name: "longitude", Type: "DOUBLE", Comment: "Degrees east"},
			},
		},
		{
			Schema:  "transport",
			Name:    "routes",
			Comment: "Flights between airports in 2008",
			Source:  "U.S. Bureau of Transportation Statistics, https://www.transtats.bts.gov/",
			License: "US government work (public domain)",
			Columns: []Column{
				{Name: "origin", Type: "STRING", Comment: "Airport of departure: transport.airports.iata"},
				{Name: "destination", Type: "STRING", Comment: "Airport of arrival: transport.airports.iata"},
				{Name: "flights", Type: "INT", Comment: "Flights in the year"},
			},
		},
		{
			Schema:  "transport",
			Name:    "wildlife_strikes",
			Comment: "10,000 collisions of aircraft with wildlife reported to the FAA, 1990 to 2002",
			Source:  "Federal Aviation Administration, Wildlife Strike Database, https://wildlife.faa.gov/",
			License: "US government work (public domain)",
			Columns: []Column{
				{Name: "flight_date", Type: "DATE", Comment: "Day of the flight"},
				{Name: "time_of_day", Type: "STRING", Comment: "Dawn, Day, Dusk or Night"},
				{Name: "airport", Type: "STRING", Comment: "Name of the airport"},
				{Name: "origin_state", Type: "STRING", Comment: "State of the airport"},
				{Name: "operator", Type: "STRING", Comment: "Operator of the aircraft"},
				{Name: "aircraft", Type: "STRING", Comment: "Make and model of the aircraft"},
				{Name: "phase_of_flight", Type: "STRING", Comment: "Approach, Climb, Take-off run, ..."},
				{Name: "wildlife_species", Type: "STRING", Comment: "Species struck, as far as known"},
				{Name: "wildlife_size", Type: "STRING", Comment: "Small, Medium or Large"},
				{Name: "damage", Type: "STRING", Comment: "Extent of the damage: None, Minor, Medium, Substantial, or a code as reported"},
				{Name: "speed_knots", Type: "INT", Comment: "Indicated airspeed in knots; NULL where not reported", Nullable: true},
				{Name: "repair_cost", Type: "BIGINT", Comment: "Cost of repair in US dollars"},
				{Name: "other_cost", Type: "BIGINT", Comment: "Other cost in US dollars"},
				{Name: "total_cost", Type: "BIGINT", Comment: "All cost in US dollars"},
			},
		},
	}
}
