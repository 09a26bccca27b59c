package serving

import (
	"fmt"
	"sync"
	"time"

	"corbel.example/emulator/internal/model"
	"corbel.example/emulator/internal/principal"
)

const (
	// trainingSeed decides the order of examples and the random projection, so that every start
	// makes the same models.
	trainingSeed = 1
	// heldOut is the share of the examples that models are judged by and not trained on.
	heldOut = 0.2

	analysts = "analysts"
)

// ChatEndpoint is the endpoint that everybody may use.
const ChatEndpoint = "corbel-chat"

// released is when the endpoints were made, as far as clients can tell: they come with the emulator.
var released = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// The models are the same in every workspace, so a process trains each once.
var (
	loadPenguinMass    = once(trainPenguinMass)
	loadPenguinSpecies = once(trainPenguinSpecies)
	loadEmbeddings     = once(trainEmbeddings)
	loadChat           = once(trainChat)
)

type trained struct {
	model  Model
	report string
}

func once(train func() (trained, error)) func() (Model, string, error) {
	load := sync.OnceValues(train)
	return func() (Model, string, error) {
		t, err := load()
		return t.model, t.report, err
	}
}

var (
	species = model.Feature{Name: "species", Categories: []string{"Adelie", "Chinstrap", "Gentoo"}}
	island  = model.Feature{Name: "island", Categories: []string{"Biscoe", "Dream", "Torgersen"}}
	sex     = model.Feature{Name: "sex", Categories: []string{"FEMALE", "MALE"}, Optional: true}
	beak    = []model.Feature{{Name: "beak_length_mm"}, {Name: "beak_depth_mm"}, {Name: "flipper_length_mm"}}
	mass    = model.Feature{Name: "body_mass_g"}

	massFeatures    = append([]model.Feature{species, island, sex}, beak...)
	speciesFeatures = append(append([]model.Feature{}, beak...), mass)
)

// shipped returns the endpoints that come with the workspace, by name, which is the order they are trained in, too.
func shipped(requestsPerMinute int) []*Endpoint {
	endpoints := []*Endpoint{
		{
			ID: "c0bbe15e00000000000000000000c4a7", Name: ChatEndpoint, Task: TaskChat, Model: "state-of-the-union-ngram",
			about: "A small word n-gram model of order 4 with Witten-Bell back-off. It imitates the style of State of the Union addresses " +
				"and favours words of the message; it knows nothing, understands nothing and answers no question.",
			Input: chatInput(), Output: chatOutput(), load: loadChat,
			Example: map[string]any{"messages": []any{map[string]any{"role": roleUser, "content": "What about schools and teachers?"}}, "max_tokens": 100},
			grants:  map[string]Permission{principal.AllUsers: CanQuery},
		},
		{
			ID: "c0bbe15e000000000000000000009a55", Name: "penguin-mass", Model: "penguin-mass",
			about: "Predicts the body mass of a penguin in grams from its species, island, sex and measurements: a linear regression on " +
				"samples.science.penguins.",
			Input: tabularInput(massFeatures), Output: predictionsOutput(number("Body mass in grams")), load: loadPenguinMass,
			Example: records(map[string]any{
				"species": "Gentoo", "island": "Biscoe", "sex": "FEMALE", "beak_length_mm": 46.1, "beak_depth_mm": 13.2, "flipper_length_mm": 211,
			}),
			grants: map[string]Permission{principal.AllUsers: CanQuery},
		},
		{
			ID: "c0bbe15e0000000000000000000059ec", Name: "penguin-species", Model: "penguin-species",
			about: "Tells the species of a penguin from its measurements: a multinomial logistic regression on samples.science.penguins.",
			Input: tabularInput(speciesFeatures), Output: predictionsOutput(speciesOutput()), load: loadPenguinSpecies,
			Example: records(map[string]any{"beak_length_mm": 39.1, "beak_depth_mm": 18.7, "flipper_length_mm": 181, "body_mass_g": 3750}),
			grants:  map[string]Permission{analysts: CanQuery, principal.AllUsers: CanView},
		},
		{
			ID: "c0bbe15e000000000000000000e3bedd", Name: "text-embeddings", Task: TaskEmbeddings, Model: "state-of-the-union-lsa",
			about: fmt.Sprintf("Embeds text in %d dimensions by latent semantic analysis: hashed words, TF-IDF and a truncated SVD of the passages of "+
				"samples.politics.state_of_the_union. It knows words, not their order.", model.EmbeddingDimensions),
			Input: embeddingsInput(), Output: embeddingsOutput(), load: loadEmbeddings,
			Example: map[string]any{"input": []any{"Every child deserves a good school.", "We will cut taxes for working families."}},
			grants:  map[string]Permission{analysts: CanQuery},
		},
	}
	for _, e := range endpoints {
		e.Created, e.ServedName, e.limiter = released, e.Model+"-1", newLimiter(requestsPerMinute)
	}
	return endpoints
}

// judged says how a model was judged.
func judged(format string, train, test []model.Example, args ...any) string {
	return fmt.Sprintf("Trained on %d penguins; on %d others, held out by a random split with seed %d: "+format,
		append([]any{len(train), len(test), trainingSeed}, args...)...)
}

func trainPenguinMass() (trained, error) {
	all, err := penguins(massFeatures, mass.Name)
	if err != nil {
		return trained{}, err
	}
	train, test := model.Split(all, heldOut, trainingSeed)
	regression, err := model.TrainRegression(massFeatures, train)
	if err != nil {
		return trained{}, err
	}
	off := regression.Evaluate(test)
	return trained{
		&tabular{massFeatures, func(row []model.Value) (any, *InputError) { return finite(regression.Predict(row)) }},
		judged("mean absolute error %.0f g, R² %.2f.", train, test, off.MeanAbsolute, off.R2),
	}, nil
}

func trainPenguinSpecies() (trained, error) {
	all, err := penguins(speciesFeatures, species.Name)
	if err != nil {
		return trained{}, err
	}
	train, test := model.Split(all, heldOut, trainingSeed)
	classifier, err := model.TrainClassifier(speciesFeatures, train)
	if err != nil {
		return trained{}, err
	}
	return trained{
		&tabular{speciesFeatures, func(row []model.Value) (any, *InputError) { return classify(classifier, row) }},
		judged("accuracy %.3f.", train, test, classifier.Accuracy(test)),
	}, nil
}

func trainEmbeddings() (trained, error) {
	texts, err := passages()
	if err != nil {
		return trained{}, err
	}
	embedding, err := model.TrainEmbedding(texts, trainingSeed)
	if err != nil {
		return trained{}, err
	}
	return trained{
		&embeddings{"text-embeddings", embedding},
		fmt.Sprintf("Trained on %d passages; it keeps %.0f %% of their variance.", len(texts), 100*embedding.Explained()),
	}, nil
}

func trainChat() (trained, error) {
	texts, err := passages()
	if err != nil {
		return trained{}, err
	}
	generator, err := model.TrainGenerator(texts)
	if err != nil {
		return trained{}, err
	}
	tokens, different := generator.Size()
	return trained{
		&chat{ChatEndpoint, generator},
		fmt.Sprintf("Trained on %d tokens, %d different ones.", tokens, different),
	}, nil
}
