package api

import (
	"context"
)

// Info says what this API is (VER.06).
type Info struct {
	APIName          string `json:"apiName" example:"Samverkan"`
	APIVersion       string `json:"apiVersion" example:"1.0.0"`
	APIReleased      string `json:"apiReleased" format:"date" example:"2026-11-24"`
	APIDocumentation string `json:"apiDocumentation" format:"uri" example:"https://samverkan.exempel.se/api/v1/openapi.json"`
	APIStatus        string `json:"apiStatus" enum:"active,deprecated" example:"active"`
}

func (d *door) apiInfo(context.Context, *struct{}) (*shown[Info], error) {
	return &shown[Info]{Info{"Samverkan", d.Version, released, d.Office.BaseURL + Root + "/openapi.json", "active"}}, nil
}
