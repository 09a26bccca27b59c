package pages

// The pages, and the lists of endpoints.
const (
	titleModels       = "Models"
	titleModel        = "Model"
	groupAI           = "AI"
	titleEndpoints    = "Serving endpoints"
	textAllModels     = "All models"
	columnName        = "Name"
	columnState       = "State"
	columnTask        = "Task"
	columnServes      = "Serves"
	textNoModels      = "No models"
	textNoModelsHint  = "There is no serving endpoint that you may see. Ask an administrator of the workspace for the permission to query one."
	textNoModelOnHome = "There is no model that you may see."
	taskChat          = "Chat"
	taskCompletion    = "Completion"
	taskEmbeddings    = "Embeddings"
	taskPrediction    = "Prediction"
)

// What an endpoint is, and the forms to ask it.
const (
	textNotReady     = "Not ready"
	textNotReadyHint = "The endpoint does not answer at the moment. Reload the page in a while."
	textDetails      = "Details"
	textCreator      = "Creator"
	textPermission   = "Permission"
	textUpdated      = "Updated"
	titleInput       = "Input"
	labelTexts       = "Texts"
	textOneALine     = "One a line"
	textNone         = "(none)"
	textSend         = "Send"
	titleJSON        = "JSON"
	labelRequest     = "Request"
	textRequestHint  = "What is sent to the endpoint"
	textSendJSON     = "Send JSON"
	textExample      = "Back to the example"
	textTooLong      = "is too long for a form: use the API"
)

// Answers.
const (
	titleAnswer      = "Answer"
	textNotAsked     = "Send an input to see what the model makes of it."
	labelPredictions = "Predictions"
	columnRecord     = "Record"
	columnClass      = "Class"
	columnText       = "Text"
	columnDimensions = "Dimensions"
	columnLikeness   = "Likeness to the first"
	columnBegins     = "Begins with"
	titleLikeness    = "Likeness to the first text"
	seriesLikeness   = "Likeness"
	namePrediction   = "Prediction"
	labelEmbeddings  = "Embeddings"
	textRecord       = "Record %d"
	textText         = "Text %d"
	textFirst        = "The first "
	textOf           = " of "
)

// Chats.
const (
	labelConversation = "Conversation"
	textChatHint      = "Say something: the model goes on from there."
	labelMessage      = "Message"
	textStop          = "Stop"
	textRetry         = "Retry"
	textNewChat       = "New chat"
	textUser          = "You"
	textAssistant     = "Model"
	titleChat         = "Chat"
)

// chatTexts are what the script of chats says.
var chatTexts = map[string]string{
	"user": textUser, "model": textAssistant, "stopped": "Stopped", "noAnswer": "No answer", "requestId": "Request id ",
	"failed": "The model could not be asked.", "lost": "The connection was lost.",
}

// What the usage card says. Its figures are of all users together.
const (
	titleUsage         = "Usage"
	textUnused         = "Nobody has asked this endpoint through this application yet."
	textByEverybody    = "Of all users, through this application, since "
	nameInvocations    = "Invocations"
	nameStreamed       = "Streamed"
	nameSucceeded      = "Succeeded"
	nameStopped        = "Stopped"
	nameRefused        = "Refused input or permission"
	nameFailedModel    = "Failed in the model"
	nameFailedPlatform = "Failed in the platform"
	nameRetries        = "Repeated requests"
	nameTokensRead     = "Tokens read"
	nameTokensWritten  = "Tokens written"
	labelTimes         = "How long answers took"
	columnTime         = "Time"
	columnHalf         = "Half within"
	column95           = "95 % within"
	column99           = "99 % within"
	columnLongest      = "Longest"
	nameWhole          = "Whole answer"
	nameFirst          = "First words of a stream"
)
