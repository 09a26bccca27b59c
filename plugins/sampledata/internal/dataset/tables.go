package dataset

// Tables are the tables of the sample, each after those that its rows refer to.
func Tables() []Table { return []Table{regions(), huts(), stays()} }

// Main is the name of the table that pages lead to.
const Main = "demo_data"

func regions() Table {
	return Table{
		Name: "demo_regions", Comment: "Regions of the huts in demo_data. One has no hut: an outer join shows it.",
		Columns: []Column{
			{"region", "STRING", "Name of the region, and its key"},
			{"warden", "STRING", "Who looks after the paths; NULL while the post is vacant"},
			{"area_km2", "DECIMAL(8,2)", "Area in square kilometres"},
			{"protected_since", "DATE", "Since when it is a nature reserve; NULL if it is none"},
		},
		Rows: [][]*string{
			row("Corbel Range", "Ida Fenn", "418.50", "1974-05-12"),
			row("High Moor", null, "96.25", "2003-09-01"),
			row("Lantern Coast", "Tomas Rill", "57.00", null),
			row("Quiet Valley", "Noor Abbas", "233.75", null),
		},
	}
}

func huts() Table {
	return Table{
		Name: Main, Comment: "Mountain huts: the table to begin with. Stays in them are in demo_stays, their regions in demo_regions.",
		Columns: []Column{
			{"id", "BIGINT", "Number of the hut, and its key"},
			{"name", "STRING", "Name of the hut"},
			{"region", "STRING", "Where it is: a region of demo_regions"},
			{"altitude_m", "INT", "Metres above the sea"},
			{"beds", "INT", "Places to sleep; NULL for a shelter without any"},
			{"price", "DECIMAL(8,2)", "Price of a night in euros; NULL where nobody asks for money"},
			{"opened_on", "DATE", "Day on which it was opened"},
			{"open_in_winter", "BOOLEAN", "Whether it can be slept in in winter"},
			{"inspected_at", "TIMESTAMP", "Last inspection; NULL before the first"},
		},
		Rows: [][]*string{
			row("1", "Eagle's Rest", "Corbel Range", "2874", "64", "42.00", "1911-07-09", "true", "2026-04-02 09:30:00"),
			row("2", "Keystone Hut", "Corbel Range", "2310", "38", "36.50", "1938-08-21", "false", "2026-05-19 14:00:00"),
			row("3", "Buttress Bivouac", "Corbel Range", "3105", "6", null, "1987-06-30", "true", null),
			row("4", "Moorwatch", "High Moor", "1240", "22", "28.00", "1956-05-01", "true", "2025-11-07 08:15:00"),
			row("5", "Peat Shelter", "High Moor", "1088", null, null, "2009-10-10", "true", null),
			row("6", "Lamplighter's House", "Lantern Coast", "12", "18", "51.00", "1899-03-15", "true", "2026-02-28 10:45:00"),
			row("7", "Gull Ledge", "Lantern Coast", "87", "9", "19.90", "2017-04-22", "false", "2026-03-30 16:20:00"),
			row("8", "Émile's Barn", "High Moor", "960", "12", "24.75", "1972-02-29", "false", "2024-02-29 12:00:00"),
		},
	}
}

func stays() Table {
	return Table{
		Name: "demo_stays", Comment: "Stays in the huts of demo_data. The last is of a hut that is not in it: an inner join hides it.",
		Columns: []Column{
			{"stay_id", "BIGINT", "Number of the stay, and its key"},
			{"hut_id", "BIGINT", "Where: an id of demo_data"},
			{"arrived_on", "DATE", "Day of arrival"},
			{"nights", "INT", "How many nights"},
			{"guests", "INT", "How many people"},
			{"paid", "DECIMAL(10,2)", "What they paid in euros; NULL while the bill is open"},
			{"remark", "STRING", "What they wrote in the book; NULL if nothing"},
		},
		Rows: [][]*string{
			row("101", "1", "2026-06-13", "2", "4", "336.00", "Clear views from the first light on."),
			row("102", "1", "2026-06-20", "1", "2", "84.00", null),
			row("103", "2", "2026-06-21", "3", "5", "547.50", "The soup!"),
			row("104", "4", "2026-01-03", "1", "1", "28.00", "Snowed in for an afternoon, and did not mind."),
			row("105", "4", "2026-07-11", "2", "6", null, null),
			row("106", "6", "2026-05-02", "4", "2", "408.00", "We lit the lamp."),
			row("107", "6", "2026-08-15", "2", "3", null, "Fog."),
			row("108", "7", "2026-07-19", "1", "2", "39.80", null),
			row("109", "8", "2026-06-30", "2", "4", "198.00", "“Barn” is modest."),
			row("110", "3", "2026-08-02", "1", "2", "0.00", "Cold, small, wonderful."),
			row("111", "2", "2026-08-28", "2", "2", "146.00", null),
			row("112", "99", "2025-12-31", "1", "8", "160.00", "The hut has been closed since."),
		},
	}
}
