package sample

func science() []Table {
	return []Table{
		{
			Schema:  "science",
			Name:    "earthquakes",
			Comment: "Seismic events recorded worldwide from 31 January to 7 February 2018",
			Source:  "U.S. Geological Survey, Earthquake Hazards Program, https://earthquake.usgs.gov/earthquakes/feed/",
			License: "US government work (public domain)",
			Columns: []Column{
				{Name: "event_id", Type: "STRING", Comment: "Identifier of the event"},
				{Name: "occurred_at", Type: "TIMESTAMP", Comment: "When it happened (UTC, whole seconds)"},
				{Name: "updated_at", Type: "TIMESTAMP", Comment: "When the record was last changed (UTC, whole seconds)"},
				{Name: "event_type", Type: "STRING", Comment: "earthquake, explosion or quarry blast"},
				{Name: "place", Type: "STRING", Comment: "Description of the place"},
				{Name: "latitude", Type: "DOUBLE", Comment: "Degrees north"},
				{Name: "longitude", Type: "DOUBLE", Comment: "Degrees east"},
				{Name: "depth_km", Type: "DOUBLE", Comment: "Depth in kilometres; negative is above sea level"},
				{Name: "magnitude", Type: "DOUBLE", Comment: "Magnitude; small events can be negative"},
				{Name: "magnitude_type", Type: "STRING", Comment: "Method by which the magnitude was computed"},
				{Name: "significance", Type: "INT", Comment: "How significant the event is, 0 to 1000"},
				{Name: "tsunami", Type: "BOOLEAN", Comment: "Whether it was a large event in an oceanic region; says nothing of an actual tsunami"},
				{Name: "reviewed", Type: "BOOLEAN", Comment: "Whether a person has reviewed the event"},
				{Name: "alert", Type: "STRING", Comment: "PAGER alert level; NULL where none was issued", Nullable: true},
				{Name: "felt_reports", Type: "INT", Comment: "Reports by people who felt it; NULL where nobody was asked", Nullable: true},
				{Name: "felt_intensity", Type: "DOUBLE", Comment: "Largest intensity reported by people; NULL where nobody was asked", Nullable: true},
				{Name: "stations", Type: "INT", Comment: "Seismic stations used to locate it; NULL where not known", Nullable: true},
				{Name: "azimuthal_gap", Type: "DOUBLE", Comment: "Largest gap between adjacent stations in degrees; NULL where not known", Nullable: true},
			},
		},
		{
			Schema:  "science",
			Name:    "penguins",
			Comment: "Measurements of 344 penguins of three species in the Palmer Archipelago, Antarctica",
			Source:  "Dr. Kristen Gorman and the Palmer Station Antarctica LTER, https://allisonhorst.github.io/palmerpenguins/",
			License: "CC0-1.0",
			Columns: []Column{
				{Name: "species", Type: "STRING", Comment: "Adelie, Chinstrap or Gentoo"},
				{Name: "island", Type: "STRING", Comment: "Island of the observation: Biscoe, Dream or Torgersen"},
				{Name: "beak_length_mm", Type: "DOUBLE", Comment: "Length of the beak in millimetres", Nullable: true},
				{Name: "beak_depth_mm", Type: "DOUBLE", Comment: "Depth of the beak in millimetres", Nullable: true},
				{Name: "flipper_length_mm", Type: "INT", Comment: "Length of the flipper in millimetres", Nullable: true},
				{Name: "body_mass_g", Type: "INT", Comment: "Body mass in grams", Nullable: true},
				{Name: "sex", Type: "STRING", Comment: "FEMALE or MALE; NULL where not determined", Nullable: true},
			},
		},
	}
}
