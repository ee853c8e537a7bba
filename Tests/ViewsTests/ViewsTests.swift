import Engine
import Foundation
import Money
import Structures
import Testing
import Views

@Suite struct ViewsTests {
}
