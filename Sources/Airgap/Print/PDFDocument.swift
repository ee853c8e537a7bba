/// Pages as a file of PDF 1.4, without compression, metadata or dates: the same pages always make
/// the same bytes. See ISO 32000-1, sections 7.5 and 9.6.2.
public enum PDFDocument {
  public static func bytes(_ pages: [PDFPage]) -> [UInt8] {
    precondition(!pages.isEmpty, "a document has a page")
    var file = Array("%PDF-1.4\n".utf8)
    var offsets: [Int] = []
    func begin(_ text: String) {
      offsets.append(file.count)
      file += "\(offsets.count) 0 obj\n\(text)".utf8
    }
    // Objects 1 to 5 are catalogue, list of pages and faces; then two for each page.
    let kids = pages.indices.map { "\(6 + 2 * $0) 0 R" }.joined(separator: " ")
    begin("<< /Type /Catalog /Pages 2 0 R >>\nendobj\n")
    begin("<< /Type /Pages /Kids [\(kids)] /Count \(pages.count) >>\nendobj\n")
    for name in ["Helvetica", "Courier", "Helvetica-Bold"] {
      begin(
        "<< /Type /Font /Subtype /Type1 /BaseFont /\(name) /Encoding /WinAnsiEncoding >>\nendobj\n")
    }
    for (index, page) in pages.enumerated() {
      begin(
        """
        << /Type /Page /Parent 2 0 R /MediaBox [0 0 \(Int(PDFPage.width)) \(Int(PDFPage.height))] \
        /Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> >> /Contents \(7 + 2 * index) 0 R >>
        endobj

        """)
      begin("<< /Length \(page.content.count) >>\nstream\n")
      file += page.content
      file += "endstream\nendobj\n".utf8
    }
    let table = file.count
    file += "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n".utf8
    for offset in offsets {
      let digits = String(offset)
      file += (String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n").utf8
    }
    file +=
      "trailer\n<< /Size \(offsets.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n".utf8
    return file
  }
}
