package sample

func climate() []Table {
	return []Table{
		{
			Schema:  "climate",
			Name:    "co2_concentration",
			Comment: "Monthly mean carbon dioxide in the air at Mauna Loa Observatory, Hawaii, since 1958",
			Source:  "Scripps CO2 Program, https://scrippsco2.ucsd.edu/data/atmospheric_co2/primary_mlo_co2_record",
			License: "CC-BY-4.0",
			Columns: []Column{
				{Name: "month", Type: "DATE", Comment: "First day of the month"},
				{Name: "co2_ppm", Type: "DECIMAL(6,2)", Comment: "CO2 in parts per million (2012 SIO manometric mole fraction scale)"},
				{Name: "co2_seasonally_adjusted_ppm", Type: "DECIMAL(6,2)", Comment: "CO2 in parts per million without the seasonal cycle"},
			},
		},
		{
			Schema:  "climate",
			Name:    "daily_weather",
			Comment: "Daily weather in Seattle and New York, 2012 to 2015",
			Source:  "National Oceanic and Atmospheric Administration (NOAA), https://www.ncdc.noaa.gov/cdo-web/",
			License: "US government work (public domain)",
			Columns: []Column{
				{Name: "location", Type: "STRING", Comment: "City: Seattle or New York"},
				{Name: "observed_on", Type: "DATE", Comment: "Day of the observation"},
				{Name: "precipitation_mm", Type: "DOUBLE", Comment: "Precipitation in millimetres"},
				{Name: "temperature_max", Type: "DOUBLE", Comment: "Highest temperature in degrees Celsius"},
				{Name: "temperature_min", Type: "DOUBLE", Comment: "Lowest temperature in degrees Celsius"},
				{Name: "wind_speed", Type: "DOUBLE", Comment: "Average wind speed, stated by the package to be in kilometres per hour"},
				{Name: "weather", Type: "STRING", Comment: "Kind of weather: drizzle, fog, rain, snow or sun"},
			},
		},
	}
}
