/* Debug output: the callback, the log, filters, groups; labels; what a context says of its health. */
#include "conform.h"

static int calls;
static void APIENTRY callback(GLenum source, GLenum type, GLuint id, GLenum severity, GLsizei length, const GLchar *message, const void *user) {
	calls++;
	/* What a driver says of errors, and how it numbers that, is its own. */
	if (type == GL_DEBUG_TYPE_ERROR && source == GL_DEBUG_SOURCE_API) printf("  %s: an error, severity %#x, %d\n", (const char *)user, severity, length == (int)strlen(message));
	else if (source == GL_DEBUG_SOURCE_APPLICATION || source == GL_DEBUG_SOURCE_THIRD_PARTY)
		printf("  %s: source %#x type %#x id %u severity %#x: %d %.*s\n", (const char *)user, source, type, id, severity, length, length, message);
}
static void insert(GLuint id, GLenum severity, const char *text) {
	glDebugMessageInsert(GL_DEBUG_SOURCE_APPLICATION, GL_DEBUG_TYPE_MARKER, id, severity, -1, text);
}
static void wrong(const char *name) { printf("%s: error %#x\n", name, glGetError()); }
static void counts(const char *name) {
	GLint v[3] = {0};
	glGetIntegerv(GL_DEBUG_LOGGED_MESSAGES, &v[0]);
	glGetIntegerv(GL_DEBUG_NEXT_LOGGED_MESSAGE_LENGTH, &v[1]);
	glGetIntegerv(GL_DEBUG_GROUP_STACK_DEPTH, &v[2]);
	printf("%s: %d messages, the next of %d, depth %d\n", name, v[0], v[1], v[2]);
}
static void log_out(GLuint n, GLsizei room) {
	GLenum sources[20], types[20], severities[20];
	GLuint ids[20];
	GLsizei lengths[20];
	char text[2000], *at = text;
	GLuint got = glGetDebugMessageLog(n, room, sources, types, ids, severities, lengths, text);
	printf("log: %u\n", got);
	for (GLuint i = 0; i < got; at += lengths[i++])
		if (types[i] == GL_DEBUG_TYPE_ERROR && sources[i] == GL_DEBUG_SOURCE_API) printf("  an error, severity %#x\n", severities[i]);
		else printf("  %#x %#x %u %#x: %d %s\n", sources[i], types[i], ids[i], severities[i], lengths[i], at);
}

static void messages(void) {
	static char longest[5000];
	void *p = NULL;
	GLint v;
	printf("output: %d, synchronous %d\n", glIsEnabled(GL_DEBUG_OUTPUT), glIsEnabled(GL_DEBUG_OUTPUT_SYNCHRONOUS));
	GETI(GL_MAX_DEBUG_MESSAGE_LENGTH, 1), GETI(GL_MAX_DEBUG_LOGGED_MESSAGES, 1), GETI(GL_MAX_DEBUG_GROUP_STACK_DEPTH, 1), GETI(GL_MAX_LABEL_LENGTH, 1);
	insert(1, GL_DEBUG_SEVERITY_HIGH, "off");
	counts("while it is off");
	glEnable(GL_DEBUG_OUTPUT);
	glEnable(GL_DEBUG_OUTPUT_SYNCHRONOUS);
	glGetIntegerv(GL_DEBUG_OUTPUT, &v);
	printf("output: %d %d, synchronous %d\n", v, glIsEnabled(GL_DEBUG_OUTPUT), glIsEnabled(GL_DEBUG_OUTPUT_SYNCHRONOUS));
	insert(1, GL_DEBUG_SEVERITY_HIGH, "high");
	insert(2, GL_DEBUG_SEVERITY_LOW, "low, which is off at first");
	insert(3, GL_DEBUG_SEVERITY_NOTIFICATION, "a notification");
	glDebugMessageInsert(GL_DEBUG_SOURCE_THIRD_PARTY, GL_DEBUG_TYPE_PERFORMANCE, 4, GL_DEBUG_SEVERITY_MEDIUM, 7, "seven letters of more");
	counts("three");
	log_out(1, 2000);
	log_out(5, 10); /* no room for the second */
	log_out(5, 2000);
	counts("empty");
	for (GLuint i = 0; i < 12; i++) insert(100 + i, GL_DEBUG_SEVERITY_HIGH, i % 2 ? "odd" : "even one");
	counts("twelve");
	printf("without texts: %u\n", glGetDebugMessageLog(3, 0, NULL, NULL, NULL, NULL, NULL, NULL));
	log_out(20, 2000);
	/* to the callback instead */
	glDebugMessageCallback(callback, "first");
	glGetPointerv(GL_DEBUG_CALLBACK_FUNCTION, &p), printf("callback: %d\n", p == (void *)callback);
	glGetPointerv(GL_DEBUG_CALLBACK_USER_PARAM, &p), printf("user: %s\n", (char *)p);
	insert(5, GL_DEBUG_SEVERITY_HIGH, "called back");
	insert(6, GL_DEBUG_SEVERITY_HIGH, "");
	glBindBuffer(GL_RENDERBUFFER, 1), wrong("an error tells");
	glBindTexture(GL_TEXTURE_2D, 4711), glBindTexture(GL_TEXTURE_2D, 0), glGetError();
	memset(longest, 'x', sizeof longest - 1);
	insert(7, GL_DEBUG_SEVERITY_HIGH, longest), wrong("too long");
	glDebugMessageInsert(GL_DEBUG_SOURCE_APPLICATION, GL_DEBUG_TYPE_OTHER, 7, GL_DEBUG_SEVERITY_HIGH, 4096, longest), wrong("too long by its length");
	longest[4095] = 0;
	insert(7, GL_DEBUG_SEVERITY_HIGH, longest), wrong("just short enough");
	glDebugMessageInsert(GL_DEBUG_SOURCE_API, GL_DEBUG_TYPE_OTHER, 7, GL_DEBUG_SEVERITY_HIGH, -1, "x"), wrong("source");
	glDebugMessageInsert(GL_DEBUG_SOURCE_APPLICATION, GL_DEBUG_TYPE_PUSH_GROUP, 7, GL_DEBUG_SEVERITY_HIGH, -1, "x"), wrong("type");
	glDebugMessageInsert(GL_DEBUG_SOURCE_APPLICATION, GL_DEBUG_TYPE_OTHER, 7, GL_DONT_CARE, -1, "x"), wrong("severity");
	counts("nothing logged");
}

static void filters(void) {
	static const GLuint some[] = {10, 11, 12};
	glDebugMessageCallback(callback, "filtered");
	glDebugMessageControl(GL_DONT_CARE, GL_DONT_CARE, GL_DONT_CARE, 0, NULL, GL_FALSE);
	insert(10, GL_DEBUG_SEVERITY_HIGH, "all off");
	glBindBuffer(GL_RENDERBUFFER, 1), wrong("an error that is not told");
	glDebugMessageControl(GL_DEBUG_SOURCE_APPLICATION, GL_DEBUG_TYPE_MARKER, GL_DONT_CARE, 2, some, GL_TRUE);
	insert(10, GL_DEBUG_SEVERITY_LOW, "by its id");
	insert(12, GL_DEBUG_SEVERITY_HIGH, "another id");
	glDebugMessageInsert(GL_DEBUG_SOURCE_THIRD_PARTY, GL_DEBUG_TYPE_MARKER, 10, GL_DEBUG_SEVERITY_HIGH, -1, "another source");
	glDebugMessageControl(GL_DEBUG_SOURCE_APPLICATION, GL_DONT_CARE, GL_DEBUG_SEVERITY_HIGH, 0, NULL, GL_TRUE);
	insert(12, GL_DEBUG_SEVERITY_HIGH, "by its severity");
	insert(12, GL_DEBUG_SEVERITY_MEDIUM, "another severity");
	insert(11, GL_DEBUG_SEVERITY_MEDIUM, "an id of another severity");
	glDebugMessageControl(GL_DEBUG_SOURCE_APPLICATION, GL_DEBUG_TYPE_MARKER, GL_DONT_CARE, 1, some, GL_FALSE);
	insert(10, GL_DEBUG_SEVERITY_HIGH, "its id is off");
	/* groups keep the filter */
	glPushDebugGroup(GL_DEBUG_SOURCE_APPLICATION, 20, -1, "a group");
	glDebugMessageControl(GL_DONT_CARE, GL_DONT_CARE, GL_DONT_CARE, 0, NULL, GL_TRUE);
	insert(10, GL_DEBUG_SEVERITY_LOW, "in the group");
	glPushDebugGroup(GL_DEBUG_SOURCE_THIRD_PARTY, 21, 5, "inner group");
	counts("in two groups");
	insert(12, GL_DEBUG_SEVERITY_LOW, "in both");
	glPopDebugGroup();
	glPopDebugGroup();
	insert(12, GL_DEBUG_SEVERITY_LOW, "off again");
	counts("out of both");
	glDebugMessageControl(GL_DONT_CARE, GL_DONT_CARE, GL_DONT_CARE, 0, NULL, GL_TRUE);
	glPopDebugGroup(), wrong("no group");
	glPushDebugGroup(GL_DEBUG_SOURCE_API, 22, -1, "x"), wrong("a group of the driver");
	glPushDebugGroup(GL_DEBUG_SOURCE_APPLICATION, 22, 5000, "x"), wrong("a group with a long name");
	glDebugMessageCallback(NULL, NULL);
	glDisable(GL_DEBUG_OUTPUT);
	for (int i = 0; i < 63; i++) glPushDebugGroup(GL_DEBUG_SOURCE_APPLICATION, (GLuint)i, -1, "deep");
	wrong("as deep as may be");
	glPushDebugGroup(GL_DEBUG_SOURCE_APPLICATION, 22, -1, "x"), wrong("too deep");
	counts("deep");
	for (int i = 0; i < 63; i++) glPopDebugGroup();
	wrong("back");
	glEnable(GL_DEBUG_OUTPUT);
	glDebugMessageControl(GL_DEBUG_SOURCE_APPLICATION, GL_DEBUG_TYPE_MARKER, GL_DEBUG_SEVERITY_HIGH, 1, some, GL_TRUE), wrong("ids of a severity");
	glDebugMessageControl(GL_DEBUG_SOURCE_APPLICATION, GL_DONT_CARE, GL_DONT_CARE, 1, some, GL_TRUE), wrong("ids of any type");
	glDebugMessageControl(GL_DONT_CARE, GL_DONT_CARE, GL_DONT_CARE, -1, some, GL_TRUE), wrong("minus one");
	glDebugMessageControl(GL_ARRAY_BUFFER, GL_DONT_CARE, GL_DONT_CARE, 0, some, GL_TRUE), wrong("source");
	while (glGetDebugMessageLog(10, 0, NULL, NULL, NULL, NULL, NULL, NULL)) {}
	glGetDebugMessageLog(10, -1, NULL, NULL, NULL, NULL, NULL, NULL), wrong("no room, no text");
	char c;
	glGetDebugMessageLog(10, -1, NULL, NULL, NULL, NULL, NULL, &c), wrong("less than no room");
	glDisable(GL_DEBUG_OUTPUT);
}

static void label(const char *what, GLenum identifier, GLuint name) {
	char text[300] = "untouched";
	GLsizei n = -1;
	glObjectLabel(identifier, name, -1, what);
	glGetObjectLabel(identifier, name, sizeof text, &n, text);
	printf("label of a %s: %d %s, error %#x\n", what, n, text, glGetError());
}
static void labels(void) {
	GLuint names[12];
	char text[300] = "untouched";
	GLsizei n = -1;
	glGenBuffers(1, &names[0]), glBindBuffer(GL_ARRAY_BUFFER, names[0]);
	label("buffer", GL_BUFFER, names[0]);
	glGenTextures(1, &names[1]), glBindTexture(GL_TEXTURE_2D, names[1]);
	label("texture", GL_TEXTURE, names[1]);
	glGenQueries(1, &names[2]), glBeginQuery(GL_SAMPLES_PASSED, names[2]), glEndQuery(GL_SAMPLES_PASSED);
	label("query", GL_QUERY, names[2]);
	glGenVertexArrays(1, &names[3]), glBindVertexArray(names[3]);
	label("vertex array", GL_VERTEX_ARRAY, names[3]);
	glGenSamplers(1, &names[4]);
	label("sampler", GL_SAMPLER, names[4]);
	glGenFramebuffers(1, &names[5]), glBindFramebuffer(GL_READ_FRAMEBUFFER, names[5]), glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
	label("framebuffer", GL_FRAMEBUFFER, names[5]);
	glGenRenderbuffers(1, &names[6]), glBindRenderbuffer(GL_RENDERBUFFER, names[6]);
	label("renderbuffer", GL_RENDERBUFFER, names[6]);
	glGenTransformFeedbacks(1, &names[7]), glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, names[7]), glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, 0);
	label("transform feedback", GL_TRANSFORM_FEEDBACK, names[7]);
	names[8] = glCreateShader(GL_VERTEX_SHADER);
	label("shader", GL_SHADER, names[8]);
	label("program that is a shader", GL_PROGRAM, names[8]);
	names[9] = glCreateProgram();
	label("program", GL_PROGRAM, names[9]);
	GLsync sync = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	glObjectPtrLabel(sync, 4, "fence, cut");
	glGetObjectPtrLabel(sync, sizeof text, &n, text), printf("label of a sync: %d %s, error %#x\n", n, text, glGetError());
	glGetObjectPtrLabel(text, sizeof text, &n, text), wrong("no sync");
	glObjectPtrLabel(text, -1, "x"), wrong("label of no sync");
	glDeleteSync(sync);
	label("list", GL_DISPLAY_LIST, 1);
	label("nothing", GL_ARRAY_BUFFER, 1);
	label("buffer that is not there", GL_BUFFER, 4711);
	/* room, replacing, removing */
	glGetObjectLabel(GL_BUFFER, names[0], 4, &n, text), printf("cut: %d %s\n", n, text);
	glGetObjectLabel(GL_BUFFER, names[0], 0, &n, NULL), printf("length: %d\n", n);
	glGetObjectLabel(GL_BUFFER, names[0], sizeof text, NULL, text), printf("without a length: %s\n", text);
	glGetObjectLabel(GL_BUFFER, names[0], -1, &n, text), wrong("less than no room");
	glObjectLabel(GL_BUFFER, names[0], -1, "another"), glGetObjectLabel(GL_BUFFER, names[0], sizeof text, &n, text), printf("replaced: %d %s\n", n, text);
	static char longest[400];
	memset(longest, 'y', 399);
	glObjectLabel(GL_BUFFER, names[0], -1, longest), wrong("too long");
	glObjectLabel(GL_BUFFER, names[0], 256, longest), wrong("too long by its length");
	glObjectLabel(GL_BUFFER, names[0], 255, longest), wrong("just short enough");
	glGetObjectLabel(GL_BUFFER, names[0], sizeof text, &n, text), printf("long: %d\n", n);
	glObjectLabel(GL_BUFFER, names[0], 0, NULL), glGetObjectLabel(GL_BUFFER, names[0], sizeof text, &n, text), printf("removed: %d '%s'\n", n, text);
	/* a new object has no label, whatever its name was before */
	glObjectLabel(GL_BUFFER, names[0], -1, "gone soon");
	glDeleteBuffers(1, names);
	glGenBuffers(1, &names[1]), glBindBuffer(GL_ARRAY_BUFFER, names[1]);
	glGetObjectLabel(GL_BUFFER, names[1], sizeof text, &n, text), printf("new: %d '%s'\n", n, text);
	wrong("labels");
}

int main(void) {
	if (!conform_open(33, CONFORM_CORE)) return 1;
	messages();
	filters();
	labels();
	printf("reset: %#x\n", glGetGraphicsResetStatus());
	GETI(GL_RESET_NOTIFICATION_STRATEGY, 1), GETI(GL_CONTEXT_FLAGS, 1), GETI(GL_CONTEXT_RELEASE_BEHAVIOR, 1);
	/* a debug context begins with its output on */
	PFNGLXCREATECONTEXTATTRIBSARBPROC create = (PFNGLXCREATECONTEXTATTRIBSARBPROC)glXGetProcAddressARB((const GLubyte *)"glXCreateContextAttribsARB");
	const int attr[] = {GLX_CONTEXT_MAJOR_VERSION_ARB, 3, GLX_CONTEXT_MINOR_VERSION_ARB, 3, GLX_CONTEXT_PROFILE_MASK_ARB, GLX_CONTEXT_CORE_PROFILE_BIT_ARB,
		GLX_CONTEXT_FLAGS_ARB, GLX_CONTEXT_DEBUG_BIT_ARB, None};
	GLXContext debug = create(dpy, config, NULL, True, attr);
	glXMakeCurrent(dpy, win, debug);
	printf("debug context: flags");
	GETI(GL_CONTEXT_FLAGS, 1);
	printf("output: %d\n", glIsEnabled(GL_DEBUG_OUTPUT));
	glDebugMessageCallback(callback, "debug context");
	glBindBuffer(GL_RENDERBUFFER, 1), wrong("an error");
	glDebugMessageCallback(NULL, NULL);
	glBindBuffer(GL_RENDERBUFFER, 1), wrong("an error, logged");
	log_out(10, 2000);
	/* what only the nodes find is told with the next answer */
	glDebugMessageCallback(callback, "found later");
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, 0xdead);
	picture("answered"), wrong("an error of the nodes");
	glDebugMessageControl(GL_DEBUG_SOURCE_API, GL_DEBUG_TYPE_ERROR, GL_DONT_CARE, 0, NULL, GL_FALSE);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, 0xdead);
	picture("answered"), wrong("an error that is not told");
	glDebugMessageControl(GL_DEBUG_SOURCE_API, GL_DEBUG_TYPE_ERROR, GL_DONT_CARE, 0, NULL, GL_TRUE);
	glDisable(GL_DEBUG_OUTPUT);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, 0xdead);
	picture("answered"), wrong("an error while it is off");
	glEnable(GL_DEBUG_OUTPUT);
	glDebugMessageCallback(NULL, NULL);
	for (int i = 0; i < 30; i++) glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, 0xdead);
	picture("answered"), wrong("more than the log holds");
	counts("logged");
	log_out(20, 2000);
	printf("called %d times\n", calls);
	glXMakeCurrent(dpy, win, ctx);
	glXDestroyContext(dpy, debug);
	wrong("all");
	conform_close();
	return 0;
}
