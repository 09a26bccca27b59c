package main

// recipes returns the recipe of each table by "schema.table".
func recipes() map[string]recipe {
	return map[string]recipe{
		"climate.co2_concentration":   co2Concentration,
		"climate.daily_weather":       dailyWeather,
		"economy.country_indicators":  countryIndicators,
		"economy.unemployment":        unemployment,
		"economy.wages":               wages,
		"geography.us_postal_codes":   postalCodes,
		"politics.state_of_the_union": addresses,
		"science.earthquakes":         earthquakes,
		"science.penguins":            penguins,
		"transport.airports":          airports,
		"transport.routes":            routes,
		"transport.wildlife_strikes":  wildlifeStrikes,
	}
}

var co2Concentration = recipe{
	from: vegaDatasets,
	read: csvFile("data/co2-concentration.csv"),
	columns: map[string]field{
		"month":                       {name: "Date"},
		"co2_ppm":                     {name: "CO2", convert: decimal(2)},
		"co2_seasonally_adjusted_ppm": {name: "adjusted CO2", convert: decimal(2)},
	},
}

var dailyWeather = recipe{
	from: vegaDatasets,
	read: csvFile("data/weather.csv"),
	columns: map[string]field{
		"location":         {name: "location"},
		"observed_on":      {name: "date"},
		"precipitation_mm": {name: "precipitation"},
		"temperature_max":  {name: "temp_max"},
		"temperature_min":  {name: "temp_min"},
		"wind_speed":       {name: "wind"},
		"weather":          {name: "weather"},
	},
}

var countryIndicators = recipe{
	from: vegaDatasets,
	read: jsonFile("data/gapminder.json"),
	columns: map[string]field{
		"country": {name: "country"},
		"year":    {name: "year"},
		"region": {name: "cluster", convert: oneOf(map[string]string{
			"0": "South Asia",
			"1": "Europe and Central Asia",
			"2": "Sub-Saharan Africa",
			"3": "America",
			"4": "East Asia and Pacific",
			"5": "Middle East and North Africa",
		})},
		"population":      {name: "pop"},
		"life_expectancy": {name: "life_expect"},
		"fertility_rate":  {name: "fertility", convert: decimal(2)},
	},
}

var unemployment = recipe{
	from: vegaDatasets,
	read: jsonFile("data/unemployment-across-industries.json"),
	columns: map[string]field{
		"industry":   {name: "series"},
		"month":      {name: "date", convert: day},
		"unemployed": {name: "count", convert: thousands},
		"rate":       {name: "rate", convert: decimal(1)},
	},
}

var wages = recipe{
	from: cpsWages,
	read: csvFile("data/data.csv"),
	columns: map[string]field{
		"hourly_wage":      {name: "wage", convert: decimal(2)},
		"education_years":  {name: "education"},
		"experience_years": {name: "experience"},
		"age":              {name: "age"},
		"gender":           {name: "gender"},
		"race":             {name: "race"},
		"occupation":       {name: "occupation"},
		"sector":           {name: "sector"},
		"union_member":     {name: "union", convert: boolean("0", "1")},
		"lives_in_south":   {name: "south", convert: boolean("0", "1")},
		"married":          {name: "married", convert: boolean("0", "1")},
	},
}

var postalCodes = recipe{
	from: vegaDatasets,
	read: csvFile("data/zipcodes.csv"),
	// All codes would pass the bound of a file in the repository.
	keep: func(r record) bool { return r["zip_code"] < "70000" },
	columns: map[string]field{
		"postal_code": {name: "zip_code"},
		"city":        {name: "city"},
		"state":       {name: "state"},
		"county":      {name: "county"},
		"latitude":    {name: "latitude", convert: decimal(4)},
		"longitude":   {name: "longitude", convert: decimal(4)},
	},
}

var addresses = recipe{
	from: stateOfTheUnion,
	read: speeches(1993, 2021),
	columns: map[string]field{
		"passage_id": {name: "passage_id"},
		"year":       {name: "year"},
		"president":  {name: "name"},
		"party":      {name: "party"},
		"position":   {name: "position"},
		"passage":    {name: "passage"},
	},
}

var earthquakes = recipe{
	from: vegaDatasets,
	read: geoJSONFile("data/earthquakes.json"),
	columns: map[string]field{
		"event_id":       {name: "id"},
		"occurred_at":    {name: "time", convert: unixMillis},
		"updated_at":     {name: "updated", convert: unixMillis},
		"event_type":     {name: "type"},
		"place":          {name: "place"},
		"latitude":       {name: "latitude"},
		"longitude":      {name: "longitude"},
		"depth_km":       {name: "depth"},
		"magnitude":      {name: "mag"},
		"magnitude_type": {name: "magType"},
		"significance":   {name: "sig"},
		"tsunami":        {name: "tsunami", convert: boolean("0", "1")},
		"reviewed":       {name: "status", convert: boolean("automatic", "reviewed")},
		"alert":          {name: "alert"},
		"felt_reports":   {name: "felt"},
		"felt_intensity": {name: "cdi"},
		"stations":       {name: "nst"},
		"azimuthal_gap":  {name: "gap"},
	},
}

var penguins = recipe{
	from: vegaDatasets,
	read: jsonFile("data/penguins.json"),
	columns: map[string]field{
		"species":           {name: "Species"},
		"island":            {name: "Island"},
		"beak_length_mm":    {name: "Beak Length (mm)"},
		"beak_depth_mm":     {name: "Beak Depth (mm)"},
		"flipper_length_mm": {name: "Flipper Length (mm)"},
		"body_mass_g":       {name: "Body Mass (g)"},
		"sex":               {name: "Sex", convert: missing(".")},
	},
}

var airports = recipe{
	from: vegaDatasets,
	read: csvFile("data/airports.csv"),
	columns: map[string]field{
		"iata":      {name: "iata"},
		"name":      {name: "name"},
		"city":      {name: "city", convert: missing("NA")},
		"state":     {name: "state", convert: missing("NA")},
		"country":   {name: "country"},
		"latitude":  {name: "latitude"},
		"longitude": {name: "longitude"},
	},
}

var routes = recipe{
	from: vegaDatasets,
	read: csvFile("data/flights-airport.csv"),
	columns: map[string]field{
		"origin":      {name: "origin"},
		"destination": {name: "destination"},
		"flights":     {name: "count"},
	},
}

var wildlifeStrikes = recipe{
	from: vegaDatasets,
	read: csvFile("data/birdstrikes.csv"),
	columns: map[string]field{
		"flight_date":      {name: "Flight Date"},
		"time_of_day":      {name: "Time of day"},
		"airport":          {name: "Airport Name"},
		"origin_state":     {name: "Origin State"},
		"operator":         {name: "Aircraft Airline Operator"},
		"aircraft":         {name: "Aircraft Make Model"},
		"phase_of_flight":  {name: "Phase of flight"},
		"wildlife_species": {name: "Wildlife Species"},
		"wildlife_size":    {name: "Wildlife Size"},
		"damage":           {name: "Effect Amount of damage"},
		"speed_knots":      {name: "Speed IAS in knots"},
		"repair_cost":      {name: "Cost Repair"},
		"other_cost":       {name: "Cost Other"},
		"total_cost":       {name: "Cost Total $"},
	},
}
