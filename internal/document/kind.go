package document

import (
	"archive/zip"
	"bytes"
	"path"
	"strings"

	"samverkan/internal/fault"
)

// Kinds of files that can be attached, by the ending of their names.
var Kinds = []string{"pdf", "docx", "odt", "xlsx", "ods", "pptx", "odp", "txt", "csv", "png", "jpg"}

// macros are endings of files that bring programs with them.
var macros = map[string]bool{"docm": true, "dotm": true, "xlsm": true, "xltm": true, "xlam": true, "xlsb": true, "pptm": true, "potm": true, "ppsm": true, "ppam": true}

// What makes an office document one: a part of it, or what its first part says.
var (
	mainParts = map[string]string{"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
	mimeTypes = map[string]string{"odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet", "odp": "application/vnd.oasis.opendocument.presentation"}
)

// Kind tells what kind of file data is, when its name and its content say the same and it is one of Kinds.
// It refuses with fault.Invalid, saying what to do, everything else: also documents with macros.
func Kind(name string, data []byte) (string, error) {
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if ending == "jpeg" {
		ending = "jpg"
	}
	switch {
	case len(data) == 0:
		return "", fault.On("file", "Filen är tom.")
	case macros[ending]:
		return "", errMacros()
	case ending == "doc" || ending == "xls" || ending == "ppt":
		return "", fault.On("file", "Filen är i ett äldre format som inte kan kontrolleras. Spara den som %s eller PDF och välj den igen.", ending+"x")
	}
	is := false
	switch ending {
	case "pdf":
		is = bytes.HasPrefix(data, []byte("%PDF-"))
	case "png":
		is = bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n"))
	case "jpg":
		is = bytes.HasPrefix(data, []byte("\xff\xd8\xff"))
	case "txt", "csv":
		_, is = plainText(data)
	case "docx", "xlsx", "pptx", "odt", "ods", "odp":
		var err error
		if is, err = isOffice(ending, data); err != nil {
			return "", err
		}
	default:
		return "", fault.On("file", "Filer av det slaget kan inte bifogas. Välj en fil som slutar på %s.", "pdf, docx, odt, xlsx, ods, pptx, odp, txt, csv, png, jpg")
	}
	if !is {
		return "", fault.On("file", "Filens innehåll är inte vad namnet säger (%s). Spara den igen i programmet som gjorde den.", ending)
	}
	return ending, nil
}

func errMacros() error {
	return fault.On("file", "Filen har makron, som är program. Spara den utan makron, till exempel som docx, xlsx eller PDF.")
}

// isOffice looks into an office document. It refuses with fault.Invalid what goes over the limits, and macros.
func isOffice(ending string, data []byte) (bool, error) {
	if !bytes.HasPrefix(data, []byte("PK\x03\x04")) { // something else may stand before a packed file
		return false, nil
	}
	z, err := unzip(data)
	if err != nil {
		return false, err
	}
	for _, f := range z.File {
		if carriesProgram(f) {
			return false, errMacros()
		}
	}
	types := entry(z, "[Content_Types].xml", smallEntry)
	if strings.Contains(strings.ToLower(types), "macroenabled") {
		return false, errMacros()
	}
	if want := mimeTypes[ending]; want != "" {
		return entry(z, "mimetype", 200) == want, nil
	}
	main := func(f *zip.File) bool { return f.Name == mainParts[ending] }
	for _, f := range z.File {
		if main(f) {
			return types != "", nil
		}
	}
	return false, nil
}

// carriesProgram tells a part that holds macros or scripts.
func carriesProgram(f *zip.File) bool {
	name := strings.ToLower(f.Name)
	return strings.HasSuffix(name, "vbaproject.bin") || strings.HasPrefix(name, "basic/") && !strings.HasSuffix(name, "/") || strings.HasPrefix(name, "scripts/") && !strings.HasSuffix(name, "/")
}
