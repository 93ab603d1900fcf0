#version 330
// Names that hide others, functions that set what they are given, globals that begin with something.
uniform mat4 m;
uniform vec4 u;
in vec3 a;
const float half_ = 0.5;
vec3 shift = vec3(u.x, half_, 1.0);
void move(inout vec3 p, const float by, out float w) {
	float a = by;
	p += shift * a;
	w = 1.0;
}
vec4 point(vec3 a) {
	float w;
	vec3 p = a;
	{
		vec3 p = vec3(7.0);
		p.x = u.y;
	}
	move(p, 2.0, w);
	return vec4(p, w);
}
void main() {
	vec3 sum = vec3(0.0);
	vec3 m3[2];
	for (int i = 0; i < 4; i++) {
		if (i == 2) continue;
		if (i > 2) break;
		sum += a * float(i + 1);
	}
	m3[0] = sum;
	m3[1] = vec3(0.0, 0.0, u.x);
	vec4 p = point(m3[0] + m3[1]);
	if (u.z > 0.5) {
		p.xy = p.yx;
		if (u.w < 0.0) {
			gl_Position = m * p.xzyw;
			return;
		}
	} else
		p *= 2.0;
	mat4 scale = mat4(2.0);
	scale[3] = vec4(u.xyz, 1.0);
	gl_Position = m * (scale * p);
}
