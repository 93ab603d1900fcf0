// prism-glsl reads one vertex or fragment shader from stdin and writes glslang's syntax tree of it to stdout, as FORMAT.md beside this
// file says. It is a process of its own so that a source that makes the front end crash, hang or eat memory hurts nobody
// else: it sets its own limits before it reads anything, and who started it takes every end but exit status 0 as "not known".
//
// glslangValidator -i prints the same tree, but names without ids (a local variable that hides another cannot be told
// from it) and constants with six digits.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include <glslang/MachineIndependent/localintermediate.h>
#include <glslang/Public/ResourceLimits.h>
#include <glslang/Public/ShaderLang.h>

using namespace glslang;

namespace {

enum { ExitOK = 0, ExitRefused = 1, ExitUsage = 2, ExitLimit = 3 };

const size_t maxInputBytes = 16u << 20;
const size_t maxOutputBytes = 8u << 20;
const int maxDepth = 1500;

std::string out;

[[noreturn]] void stop(int status, const std::string &why)
{
	printf("error %s\n", why.c_str());
	fflush(stdout);
	_exit(status); // glslang's pools need no tidy end
}

__attribute__((format(printf, 1, 2))) void put(const char *format, ...)
{
	char text[256];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (n < 0 || size_t(n) >= sizeof text)
		stop(ExitLimit, "a name is too long");
	if (out.size() + n > maxOutputBytes)
		stop(ExitLimit, "the syntax tree is too large");
	out.append(text, n);
}

// name writes a word; GLSL's identifiers are letters, digits and _, glslang's own have @ besides.
void name(const TString &s)
{
	if (s.empty() || s.find_first_of(" \t\r\n") != TString::npos || out.size() + s.size() > maxOutputBytes)
		stop(ExitLimit, "a name that cannot be written");
	out.push_back(' ');
	out.append(s.c_str(), s.size());
}

const char *basic(TBasicType t)
{
	switch (t) {
	case EbtVoid: return "void";
	case EbtFloat: return "float";
	case EbtDouble: return "double";
	case EbtInt: return "int";
	case EbtUint: return "uint";
	case EbtBool: return "bool";
	case EbtStruct: return "struct";
	case EbtBlock: return "block";
	case EbtSampler: return "sampler";
	default: return "other";
	}
}

const char *storage(TStorageQualifier s)
{
	switch (s) {
	case EvqTemporary: return "temp";
	case EvqGlobal: return "global";
	case EvqConst: return "const";
	case EvqVaryingIn: return "input";
	case EvqVaryingOut: return "output";
	case EvqUniform: return "uniform";
	case EvqBuffer: return "buffer";
	case EvqShared: return "shared";
	case EvqIn: return "in";
	case EvqOut: return "out";
	case EvqInOut: return "inout";
	case EvqConstReadOnly: return "constin";
	case EvqVertexId: return "vertexid";
	case EvqInstanceId: return "instanceid";
	case EvqPosition: return "position";
	case EvqPointSize: return "pointsize";
	case EvqClipVertex: return "clipvertex";
	default: return "other";
	}
}

const char *precision(const TQualifier &q)
{
	switch (q.precision) {
	case EpqLow: return "low";
	case EpqMedium: return "medium";
	case EpqHigh: return "high";
	default: return "none";
	}
}

const char *packing(TLayoutPacking p)
{
	switch (p) {
	case ElpStd140: return "std140";
	case ElpStd430: return "std430";
	case ElpShared: return "shared";
	case ElpPacked: return "packed";
	default: return "none";
	}
}

const char *matrix(TLayoutMatrix m)
{
	switch (m) {
	case ElmRowMajor: return "row";
	case ElmColumnMajor: return "column";
	default: return "none";
	}
}

// What is not named here is written with its number: nobody follows it, and reasons name it so.
const char *operation(TOperator op)
{
	switch (op) {
#define IS(x) case EOp##x: return #x
	IS(Sequence); IS(Scope); IS(LinkerObjects); IS(FunctionCall); IS(Function); IS(Parameters); IS(Comma); IS(Declare); IS(CopyObject);
	IS(Negative); IS(LogicalNot); IS(VectorLogicalNot); IS(BitwiseNot);
	IS(PostIncrement); IS(PostDecrement); IS(PreIncrement); IS(PreDecrement);
	IS(ConvIntToBool); IS(ConvUintToBool); IS(ConvFloatToBool); IS(ConvDoubleToBool);
	IS(ConvBoolToInt); IS(ConvBoolToUint); IS(ConvBoolToFloat); IS(ConvBoolToDouble);
	IS(ConvIntToUint); IS(ConvIntToFloat); IS(ConvIntToDouble); IS(ConvUintToInt); IS(ConvUintToFloat); IS(ConvUintToDouble);
	IS(ConvFloatToInt); IS(ConvFloatToUint); IS(ConvFloatToDouble); IS(ConvDoubleToInt); IS(ConvDoubleToUint); IS(ConvDoubleToFloat);
	IS(Add); IS(Sub); IS(Mul); IS(Div); IS(Mod); IS(RightShift); IS(LeftShift); IS(And); IS(InclusiveOr); IS(ExclusiveOr);
	IS(Equal); IS(NotEqual); IS(VectorEqual); IS(VectorNotEqual); IS(LessThan); IS(GreaterThan); IS(LessThanEqual); IS(GreaterThanEqual);
	IS(VectorTimesScalar); IS(VectorTimesMatrix); IS(MatrixTimesVector); IS(MatrixTimesScalar); IS(MatrixTimesMatrix);
	IS(LogicalOr); IS(LogicalXor); IS(LogicalAnd); IS(IndexDirect); IS(IndexIndirect); IS(IndexDirectStruct); IS(VectorSwizzle);
	IS(ArrayLength); IS(Any); IS(All);
	IS(Radians); IS(Degrees); IS(Sin); IS(Cos); IS(Tan); IS(Asin); IS(Acos); IS(Atan); IS(Sinh); IS(Cosh); IS(Tanh);
	IS(Pow); IS(Exp); IS(Log); IS(Exp2); IS(Log2); IS(Sqrt); IS(InverseSqrt);
	IS(Abs); IS(Sign); IS(Floor); IS(Trunc); IS(Round); IS(RoundEven); IS(Ceil); IS(Fract); IS(Modf);
	IS(Min); IS(Max); IS(Clamp); IS(Mix); IS(Step); IS(SmoothStep); IS(Fma); IS(Ldexp); IS(Frexp); IS(IsNan); IS(IsInf);
	IS(FloatBitsToInt); IS(FloatBitsToUint); IS(IntBitsToFloat); IS(UintBitsToFloat);
	IS(Length); IS(Distance); IS(Dot); IS(Cross); IS(Normalize); IS(FaceForward); IS(Reflect); IS(Refract);
	IS(OuterProduct); IS(Determinant); IS(MatrixInverse); IS(Transpose); IS(Ftransform); IS(Noise);
	IS(Kill); IS(Return); IS(Break); IS(Continue); IS(Case); IS(Default);
	IS(Assign); IS(AddAssign); IS(SubAssign); IS(MulAssign); IS(DivAssign); IS(ModAssign); IS(VectorTimesMatrixAssign);
	IS(VectorTimesScalarAssign); IS(MatrixTimesScalarAssign); IS(MatrixTimesMatrixAssign);
	IS(AndAssign); IS(InclusiveOrAssign); IS(ExclusiveOrAssign); IS(LeftShiftAssign); IS(RightShiftAssign);
	IS(Texture); IS(TextureProj); IS(TextureLod); IS(TextureOffset); IS(TextureFetch); IS(TextureProjLod); IS(TextureGrad);
	IS(TextureFetchOffset); IS(TextureProjOffset); IS(TextureLodOffset); IS(TextureProjLodOffset); IS(TextureGradOffset);
	IS(TextureProjGrad); IS(TextureProjGradOffset); IS(TextureGatherOffset); IS(TextureGatherOffsets); IS(TextureQueryLod);
	IS(TextureQueryLevels); IS(TextureQuerySamples);
	IS(BitfieldExtract); IS(BitfieldInsert); IS(BitFieldReverse); IS(BitCount); IS(FindLSB); IS(FindMSB);
	IS(PackSnorm2x16); IS(UnpackSnorm2x16); IS(PackUnorm2x16); IS(UnpackUnorm2x16); IS(PackSnorm4x8); IS(UnpackSnorm4x8);
	IS(PackUnorm4x8); IS(UnpackUnorm4x8); IS(PackHalf2x16); IS(UnpackHalf2x16); IS(PackDouble2x32); IS(UnpackDouble2x32);
	IS(TextureGather); IS(TextureQuerySize); IS(ImageLoad); IS(ImageStore); IS(ImageQuerySize);
	IS(DPdx); IS(DPdy); IS(Fwidth); IS(DPdxFine); IS(DPdyFine); IS(FwidthFine); IS(DPdxCoarse); IS(DPdyCoarse); IS(FwidthCoarse);
	IS(AtomicAdd); IS(AtomicCounter); IS(AtomicCounterIncrement); IS(AtomicCounterDecrement);
#undef IS
	default:
		break;
	}
	if (op > EOpConstructGuardStart && op < EOpConstructGuardEnd)
		return op == EOpConstructStruct ? "ConstructStruct" : "Construct";
	static char number[32];
	snprintf(number, sizeof number, "?%d", int(op));
	return number;
}

// Types and symbols are written once, before the first line that refers to them.
struct Writer {
	std::map<std::string, int> types;
	std::unordered_map<const TTypeList *, int> structs;
	std::unordered_map<long long, bool> symbols;
	int depth = 0;
	int nextStruct = 0;

	void symbol(const TIntermSymbol *s);
	void node(TIntermNode *n);
	int type(const TType &t);
	void constants(const TConstUnionArray &values);
	void qualifier(const TQualifier &q);
	void head(const char *kind, TIntermNode *n);
};

// type gives the number of a shape: what kind of value, without qualifiers.
int Writer::type(const TType &t)
{
	if (++depth > maxDepth)
		stop(ExitLimit, "types are nested too deep");
	std::string key;
	char text[128];
	snprintf(text, sizeof text, "%s %d %d %d", basic(t.getBasicType()), t.isMatrix() ? 0 : t.getVectorSize(), t.getMatrixCols(), t.getMatrixRows());
	key = text;
	const TArraySizes *sizes = t.getArraySizes();
	int dims = sizes ? sizes->getNumDims() : 0;
	key += " " + std::to_string(dims);
	for (int i = 0; i < dims; i++) {
		// Sized by a specialization constant: 0. Not sized: as far as it can be used; gl_ClipDistance is so where it is not declared again.
		unsigned size = sizes->getDimNode(i) ? 0 : sizes->getDimSize(i);
		if (i == 0 && size == UnsizedArraySize && !sizes->getDimNode(i))
			size = unsigned(std::max(sizes->getImplicitSize(), 16));
		key += " " + std::to_string(size);
	}
	if (t.isStruct()) {
		const TTypeList *members = t.getStruct();
		auto known = structs.find(members);
		int number;
		if (known != structs.end()) {
			number = known->second;
		} else {
			std::vector<int> shapes;
			for (const auto &m : *members)
				shapes.push_back(type(*m.type));
			number = nextStruct++;
			structs[members] = number;
			put("struct %d %zu\n", number, members->size());
			for (size_t i = 0; i < members->size(); i++) {
				const TType &m = *(*members)[i].type;
				put("member %d", shapes[i]);
				name(m.getFieldName());
				qualifier(m.getQualifier());
				put("\n");
			}
		}
		key += " " + std::to_string(number);
	} else {
		key += " -1";
	}
	depth--;
	auto at = types.find(key);
	if (at != types.end())
		return at->second;
	int id = int(types.size());
	types[key] = id;
	put("type %d %s\n", id, key.c_str());
	return id;
}

void Writer::qualifier(const TQualifier &q)
{
	const char *builtIn = q.builtIn == EbvNone ? "-" : GetBuiltInVariableString(q.builtIn);
	put(" %s %s %s %s %s %d %d %d %d", q.storage == EvqVaryingIn && q.flat ? "flat" : storage(q.storage), builtIn, precision(q), packing(q.layoutPacking), matrix(q.layoutMatrix),
		q.hasLocation() ? int(q.layoutLocation) : -1, q.hasComponent() ? int(q.layoutComponent) : 0, q.hasOffset() ? q.layoutOffset : -1,
		q.invariant ? 1 : 0);
}

void Writer::constants(const TConstUnionArray &values)
{
	put(" %d", values.size());
	for (int i = 0; i < values.size(); i++)
		switch (values[i].getType()) {
		case EbtFloat:
		case EbtDouble: put(" %.17g", values[i].getDConst()); break;
		case EbtInt: put(" %d", values[i].getIConst()); break;
		case EbtUint: put(" %u", values[i].getUConst()); break;
		case EbtBool: put(" %d", values[i].getBConst() ? 1 : 0); break;
		default: put(" nan"); break;
		}
}

void Writer::symbol(const TIntermSymbol *s)
{
	if (symbols[s->getId()])
		return;
	symbols[s->getId()] = true;
	int shape = type(s->getType());
	put("symbol %lld %d", s->getId(), shape);
	name(s->getName());
	// A block that has an instance name is asked for by its own name.
	name(s->getType().getBasicType() == EbtBlock ? s->getType().getTypeName() : TString("-"));
	qualifier(s->getType().getQualifier());
	constants(s->getConstArray());
	put("\n");
}

void Writer::head(const char *kind, TIntermNode *n)
{
	int shape = -1;
	const char *p = "none";
	if (TIntermTyped *t = n->getAsTyped()) {
		shape = type(t->getType());
		p = precision(t->getType().getQualifier());
	}
	const TSourceLoc &loc = n->getLoc();
	put("%s %d %d %s", kind, loc.line, shape, p);
}

void Writer::node(TIntermNode *n)
{
	if (!n) {
		put("none\n");
		return;
	}
	if (++depth > maxDepth)
		stop(ExitLimit, "it is nested too deep");
	if (TIntermSymbol *s = n->getAsSymbolNode()) {
		symbol(s);
		head("sym", n);
		put(" %lld\n", s->getId());
	} else if (TIntermConstantUnion *c = n->getAsConstantUnion()) {
		head("const", n);
		constants(c->getConstArray());
		put("\n");
	} else if (TIntermUnary *u = n->getAsUnaryNode()) {
		head("op", n);
		put(" %s - 1\n", operation(u->getOp()));
		node(u->getOperand());
	} else if (TIntermBinary *b = n->getAsBinaryNode()) {
		head("op", n);
		put(" %s - 2\n", operation(b->getOp()));
		node(b->getLeft());
		node(b->getRight());
	} else if (TIntermAggregate *a = n->getAsAggregate()) {
		head("op", n);
		put(" %s", a->getOp() == EOpNull ? "Sequence" : operation(a->getOp()));
		name(a->getName().empty() ? TString("-") : a->getName());
		put(" %zu\n", a->getSequence().size());
		for (TIntermNode *child : a->getSequence())
			node(child);
	} else if (TIntermSelection *s = n->getAsSelectionNode()) {
		head("if", n);
		put("\n");
		node(s->getCondition());
		node(s->getTrueBlock());
		node(s->getFalseBlock());
	} else if (TIntermSwitch *s = n->getAsSwitchNode()) {
		head("switch", n);
		put("\n");
		node(s->getCondition());
		node(s->getBody());
	} else if (TIntermLoop *l = n->getAsLoopNode()) {
		head("loop", n);
		put(" %d\n", l->testFirst() ? 1 : 0);
		node(l->getTest());
		node(l->getBody());
		node(l->getTerminal());
	} else if (TIntermBranch *b = n->getAsBranchNode()) {
		head("branch", n);
		put(" %s\n", operation(b->getFlowOp()));
		node(b->getExpression());
	} else {
		head("op", n);
		put(" ? - 0\n");
	}
	depth--;
}

void limit(int what, rlim_t value)
{
	struct rlimit l = { value, value };
	setrlimit(what, &l); // a lower limit that is set already holds
}

bool readAll(char *to, size_t bytes)
{
	while (bytes > 0) {
		ssize_t n = read(0, to, bytes);
		if (n <= 0)
			return false;
		to += n;
		bytes -= size_t(n);
	}
	return true;
}

// word reads a number and the one character after it.
long word()
{
	long value = 0;
	for (int digits = 0;; digits++) {
		char c;
		if (!readAll(&c, 1) || digits > 9)
			stop(ExitUsage, "stdin: want numbers, as FORMAT.md says");
		if (c == ' ' || c == '\n')
			return value;
		if (c < '0' || c > '9')
			stop(ExitUsage, "stdin: want numbers, as FORMAT.md says");
		value = 10 * value + (c - '0');
	}
}

} // namespace

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("%s\n", GetGlslVersionString());
		return ExitOK;
	}
	if (argc != 3) {
		fprintf(stderr, "usage: prism-glsl SECONDS MEGABYTES <REQUEST\n       prism-glsl --version\n");
		return ExitUsage;
	}
	long seconds = atol(argv[1]), megabytes = atol(argv[2]);
	limit(RLIMIT_CPU, rlim_t(seconds));
	limit(RLIMIT_AS, rlim_t(megabytes) << 20);
	limit(RLIMIT_CORE, 0);
	alarm(unsigned(2 * seconds + 1)); // who started it may be gone

	long kind = word();
	bool es = kind & 1;
	size_t length = size_t(word());
	if (length > maxInputBytes)
		stop(ExitLimit, "the source is too large");
	std::string source(length, 0);
	if (!readAll(&source[0], length))
		stop(ExitUsage, "stdin: the source is cut off");
	const char *text = source.data();
	int bytes = int(length);

	InitializeProcess();
	TShader *shader = new TShader(kind & 2 ? EShLangFragment : EShLangVertex); // never freed: the process ends
	shader->setPreamble("#define prism_yes 1\n"); // FORMAT.md
	shader->setStringsWithLengths(&text, &bytes, 1);
	// Drivers take what glslang calls an error in its strict mode.
	if (!shader->parse(GetDefaultResources(), es ? 100 : 110, false, EShMessages(EShMsgRelaxedErrors | EShMsgSuppressWarnings))) {
		std::string log = shader->getInfoLog();
		stop(ExitRefused, log.substr(0, log.find('\n')));
	}
	TIntermediate *tree = shader->getIntermediate();
	const char *profile = "none";
	switch (tree->getProfile()) {
	case ECoreProfile: profile = "core"; break;
	case ECompatibilityProfile: profile = "compatibility"; break;
	case EEsProfile: profile = "es"; break;
	default: break;
	}
	put("prism-glsl 1 %d %s\n", tree->getVersion(), profile);
	Writer writer;
	writer.node(tree->getTreeRoot());
	put("end\n");
	for (size_t done = 0; done < out.size();) {
		ssize_t n = write(1, out.data() + done, out.size() - done);
		if (n <= 0)
			return ExitUsage;
		done += size_t(n);
	}
	_exit(ExitOK);
}
