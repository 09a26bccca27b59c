package chart

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strconv"
)

// maxPoints is how many points a browser gets.
const maxPoints = 100_000

// Data are the points of a chart with a Source.
type Data struct {
	// Times says that X are seconds since 1970.
	Times bool
	// X is what the values are over; Values of the series are in its order. What is missing or infinite is left out.
	X      []float64
	Series []Series
}

// WriteData answers the browser of a chart with the first 100,000 points.
func WriteData(w http.ResponseWriter, d Data) error {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	out := bufio.NewWriterSize(w, 64<<10)
	places := min(len(d.X), maxPoints)
	write := func(s string) { _, _ = out.WriteString(s) } // Flush tells
	write(`{"times":` + strconv.FormatBool(d.Times) + `,"x":`)
	writeNumbers(out, d.X[:places])
	write(`,"series":[`)
	for i, s := range d.Series[:min(maxSeries, len(d.Series))] {
		name, err := json.Marshal(s.Name)
		if err != nil {
			return err
		}
		if i > 0 {
			write(",")
		}
		write(`{"name":` + string(name) + `,"values":`)
		writeNumbers(out, s.Values[:min(places, len(s.Values))])
		write("}")
	}
	write("]}")
	return out.Flush()
}

func writeNumbers(out *bufio.Writer, values []float64) {
	_ = out.WriteByte('[') // Flush tells
	var buffer [32]byte
	for i, v := range values {
		if i > 0 {
			_ = out.WriteByte(',')
		}
		if !isFinite(v) {
			_, _ = out.WriteString("null")
			continue
		}
		_, _ = out.Write(strconv.AppendFloat(buffer[:0], v, 'g', -1, 64))
	}
	_ = out.WriteByte(']')
}
