package model

import (
	"errors"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"unicode"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	// EmbeddingDimensions is the length of an embedding.
	EmbeddingDimensions = 64
	// hashedWords is how many dimensions the words of a text are hashed to.
	hashedWords = 2048
	// oversampling and powerIterations make the random projection find the largest singular
	// vectors (N. Halko, P.-G. Martinsson, J. A. Tropp, "Finding structure with randomness", 2011).
	oversampling    = 8
	powerIterations = 2
	// negligible is what a squared singular value is, compared with the largest, that comes of rounding.
	negligible = 1e-9
)

// Embedding turns text into vectors by latent semantic analysis: words are hashed, weighted by TF-IDF
// and projected on the largest singular vectors of the texts that it was trained on.
type Embedding struct {
	weights    []float64  // inverse document frequencies, by hashed word
	projection *mat.Dense // hashedWords x EmbeddingDimensions
	explained  float64
}

// sparse is a vector of which most is 0.
type sparse struct {
	index []int
	value []float64
}

// TrainEmbedding learns from texts, of which there must be more than dimensions.
func TrainEmbedding(texts []string, seed uint64) (*Embedding, error) {
	if len(texts) <= EmbeddingDimensions+oversampling {
		return nil, errors.New("train embedding: too few texts")
	}
	e := &Embedding{weights: make([]float64, hashedWords)}
	rows := make([]sparse, len(texts))
	for i, text := range texts {
		rows[i] = hashWords(text)
		for _, word := range rows[i].index {
			e.weights[word]++
		}
	}
	for word, documents := range e.weights {
		e.weights[word] = math.Log((1+float64(len(texts)))/(1+documents)) + 1
	}
	total := 0.0
	for i := range rows {
		e.weigh(rows[i])
		total += floats.Dot(rows[i].value, rows[i].value)
	}
	if err := e.project(rows, total, seed); err != nil {
		return nil, err
	}
	return e, nil
}

// project finds the largest singular vectors of the rows.
func (e *Embedding) project(rows []sparse, total float64, seed uint64) error {
	const width = EmbeddingDimensions + oversampling
	source := random(seed)
	basis := mat.NewDense(hashedWords, width, nil)
	for i := range hashedWords {
		for j := range width {
			basis.Set(i, j, source.NormFloat64())
		}
	}
	left := orthonormal(times(rows, basis))
	for range powerIterations {
		left = orthonormal(times(rows, timesTransposed(rows, left)))
	}
	small := timesTransposed(rows, left) // hashedWords x width: the transposed of left' * rows
	var gram mat.SymDense
	gram.SymOuterK(1, small.T())
	var eigen mat.EigenSym
	if !eigen.Factorize(&gram, true) {
		return errors.New("train embedding: the singular vectors were not found")
	}
	values := eigen.Values(nil) // ascending
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	largest := mat.NewDense(width, EmbeddingDimensions, nil)
	kept := 0.0
	for d := range EmbeddingDimensions {
		from := width - 1 - d
		if values[from] <= values[width-1]*negligible {
			break // the texts have no more dimensions
		}
		kept += values[from]
		for i := range width {
			largest.Set(i, d, vectors.At(i, from)/math.Sqrt(values[from]))
		}
	}
	e.projection = mat.NewDense(hashedWords, EmbeddingDimensions, nil)
	e.projection.Mul(small, largest)
	e.explained = kept / total
	return nil
}

// Explained is the share of the texts' variance that the embeddings keep.
func (e *Embedding) Explained() float64 { return e.explained }

// Embed returns the embedding of a text: a vector of length 1, or of zeros for a text without words.
func (e *Embedding) Embed(text string) []float64 {
	words := hashWords(text)
	e.weigh(words)
	v := make([]float64, EmbeddingDimensions)
	for i, word := range words.index {
		floats.AddScaled(v, words.value[i], e.projection.RawRowView(word))
	}
	if norm := floats.Norm(v, 2); norm > 0 {
		floats.Scale(1/norm, v)
	}
	return v
}

// weigh turns counts into TF-IDF of length 1.
func (e *Embedding) weigh(words sparse) {
	for i, word := range words.index {
		words.value[i] *= e.weights[word]
	}
	if norm := floats.Norm(words.value, 2); norm > 0 {
		floats.Scale(1/norm, words.value)
	}
}

// Words returns the words of a text as the embedding sees them.
func Words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
}

// hashWords counts words by their hash, with a damped count. Half of the words count negative, so that
// those that fall together cancel out on average.
func hashWords(text string) sparse {
	counts := map[string]float64{}
	for _, word := range Words(text) {
		counts[word]++
	}
	sums := map[int]float64{}
	for word, n := range counts {
		hash := fnv.New32a()
		hash.Write([]byte(word))
		sum := hash.Sum32()
		weight := 1 + math.Log(n)
		if sum>>31 == 1 {
			weight = -weight
		}
		sums[int(sum%hashedWords)] += weight
	}
	s := sparse{index: make([]int, 0, len(sums)), value: make([]float64, 0, len(sums))}
	for word := range sums {
		s.index = append(s.index, word)
	}
	slices.Sort(s.index)
	for _, word := range s.index {
		s.value = append(s.value, sums[word])
	}
	return s
}

// times multiplies the rows with a matrix.
func times(rows []sparse, m *mat.Dense) *mat.Dense {
	_, columns := m.Dims()
	product := mat.NewDense(len(rows), columns, nil)
	for i, row := range rows {
		to := product.RawRowView(i)
		for j, word := range row.index {
			floats.AddScaled(to, row.value[j], m.RawRowView(word))
		}
	}
	return product
}

// timesTransposed multiplies the transposed rows with a matrix.
func timesTransposed(rows []sparse, m *mat.Dense) *mat.Dense {
	_, columns := m.Dims()
	product := mat.NewDense(hashedWords, columns, nil)
	for i, row := range rows {
		from := m.RawRowView(i)
		for j, word := range row.index {
			floats.AddScaled(product.RawRowView(word), row.value[j], from)
		}
	}
	return product
}

// orthonormal returns columns that span what those of m do, each of length 1 and at right angles.
func orthonormal(m *mat.Dense) *mat.Dense {
	_, columns := m.Dims()
	for pass := range 2 * columns { // twice: once leaves what rounding brought back
		j := pass % columns
		column := m.ColView(j)
		v := mat.VecDenseCopyOf(column)
		for k := range j {
			v.AddScaledVec(v, -mat.Dot(m.ColView(k), v), m.ColView(k))
		}
		if norm := mat.Norm(v, 2); norm > 0 {
			v.ScaleVec(1/norm, v)
		}
		m.SetCol(j, v.RawVector().Data)
	}
	return m
}
