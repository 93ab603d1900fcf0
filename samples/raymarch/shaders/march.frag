in vec3 v_ray;

uniform vec3 u_eye;
uniform vec3 u_orbs[4];   // their centres, as the sculpture sees them
uniform mat3 u_turn;      // from the world to the sculpture, about its middle
uniform float u_time;
uniform vec3 u_carve;     // width of the holes, radius of the core, radius of the orbs
uniform vec3 u_stone;
uniform vec3 u_inside;
uniform vec3 u_metal;

out vec4 o_colour;

// The sculpture's middle; all of its parts lie in a sphere around it. Rays that miss it cost little.
const vec3 middle = vec3(0.0, 2.2, 0.0);
const float reach = 3.1;

const vec3 sun_dir = normalize(vec3(-0.55, 0.42, -0.62));
const vec3 sun_colour = vec3(2.4, 1.85, 1.25);

// The sky just over the horizon; s is how near to the sun, 0 to 1.
vec3 horizon(float s) {
	s *= s;
	return vec3(0.80, 0.60, 0.48) + vec3(0.50, 0.24, 0.06) * s * s;
}

vec3 sky(vec3 dir) {
	float h = max(dir.y, 0.0);
	float s = max(dot(dir, sun_dir), 0.0);
	float up = h * (2.0 - h);
	vec3 c = mix(horizon(s), vec3(0.13, 0.27, 0.55), min(1.0, up * 1.25));
	float disc = s * s; disc *= disc; disc *= disc; disc *= disc; disc *= disc;
	c += sun_colour * 0.35 * disc;
	disc *= disc; disc *= disc; disc *= disc; disc *= disc;
	return c + sun_colour * 3.0 * disc;
}

// From here on points and directions are the sculpture's own, up to main.

// Distance to a shell from which bars are cut along the three axes, thrice, each time three times finer. r: length of p.
float carved(vec3 p, float r) {
	float d = max(r - 1.85, 0.62 - r);
	vec3 cell = p * 0.27;
	float scale = 1.0 / 1.62;
	for (int i = 0; i < 3; i++) {
		vec3 bar = abs(1.0 - abs(fract(cell) * 6.0 - 3.0));
		float hole = min(min(max(bar.x, bar.y), max(bar.y, bar.z)), max(bar.z, bar.x)) - u_carve.x;
		d = max(d, hole * scale);
		scale /= 3.0;
		cell *= 3.0;
	}
	return d;
}

float orbs(vec3 p) {
	float d = 1e3;
	for (int i = 0; i < 4; i++) {
		vec3 o = p - u_orbs[i];
		d = min(d, dot(o, o));
	}
	return sqrt(d) - u_carve.z;
}

float field(vec3 p) {
	float r = length(p);
	return min(min(carved(p, r), r - u_carve.y), orbs(p));
}

// Where a ray enters the sphere of all parts and leaves it; y < x: it does not.
vec2 span(vec3 o, vec3 dir) {
	float b = dot(o, dir);
	float h = b * b - dot(o, o) + reach * reach;
	if (h < 0.0)
		return vec2(1.0, -1.0);
	h = sqrt(h);
	return vec2(max(-b - h, 0.0), -b + h);
}

// The first surface along a ray, or -1.
float march(vec3 from, vec3 dir, int steps, float fine) {
	vec2 s = span(from, dir);
	float t = s.x;
	for (int i = 0; i < steps; i++) {
		if (t > s.y)
			return -1.0;
		float d = field(from + dir * t);
		if (d < fine * t)
			return t;
		t += d;
	}
	return t;
}

// How much of the sun, along dir, comes through to a point.
float sunlight(vec3 p, vec3 dir, int steps) {
	vec2 s = span(p, dir);
	float t = max(s.x, 0.03), lit = 1.0;
	for (int i = 0; i < steps; i++) {
		if (t > s.y)
			break;
		float d = field(p + dir * t);
		lit = min(lit, 9.0 * d / t + 0.04);
		if (lit < 0.05)
			break;
		t += max(d, 0.11);
	}
	return clamp(lit, 0.0, 1.0);
}

// Normal of the sea: a few waves, flatter far away.
vec3 waves(vec2 at, float far) {
	vec2 s = vec2(0.0);
	float amp = 0.034 / (1.0 + far * 0.05);
	vec2 way = vec2(0.8, 0.6);
	float k = 1.4;
	for (int i = 0; i < 3; i++) {
		s += way * (amp * cos(dot(at, way) * k + u_time * (1.1 + 0.4 * float(i))));
		way = vec2(way.x * 0.36 - way.y * 0.93, way.x * 0.93 + way.y * 0.36);
		k *= 2.3;
		amp *= 0.68;
	}
	return normalize(vec3(-s.x, 1.0, -s.y));
}

// Light of the sculpture at a point that is seen along dir; sun: the way to it.
vec3 surface(vec3 p, vec3 dir, vec3 sun) {
	float r = length(p);
	float a = carved(p, r), b = r - u_carve.y, c = orbs(p), d = min(min(a, b), c);
	const vec2 e = vec2(0.003, 0.0);
	vec3 n = normalize(vec3(field(p + e.xyy), field(p + e.yxy), field(p + e.yyx)) - d);
	float facing = 1.0 + min(dot(dir, n), 0.0);
	float fresnel = facing * facing * facing;
	float sunny = max(dot(n, sun), 0.0) * sunlight(p + n * 0.01, sun, 12);
	vec3 mirrored = reflect(dir, n) * u_turn; // by the transpose: back to the world
	vec3 far = sky(vec3(mirrored.x, abs(mirrored.y), mirrored.z));
	if (b < min(a, c))
		return u_inside * (1.7 - facing) + vec3(0.25, 0.18, 0.1);
	if (c < a) {
		vec3 seen = mirrored.y > 0.0 ? far : vec3(0.05, 0.12, 0.18) + far * 0.35;
		return u_metal * (seen * (0.75 + 0.25 * fresnel) + sun_colour * sunny * 0.12);
	}
	// Hollows are darker the deeper they are.
	float open = clamp(1.0 - (1.85 - r) * 1.1, 0.2, 1.0);
	float up = dot(n, u_turn[1]) * 0.5 + 0.5;
	vec3 ambient = mix(vec3(0.16, 0.15, 0.16), vec3(0.36, 0.44, 0.60), up) * open;
	vec3 glow = u_inside * (0.5 / (0.35 + r * r));
	return u_stone * u_stone * (sun_colour * sunny + ambient + glow) + far * (fresnel * 0.12 * open);
}

vec3 screen(vec3 c) { return sqrt(c * (1.15 / (c * 0.55 + 0.75))); }

void main() {
	vec3 dir = normalize(v_ray);
	vec3 own = u_turn * dir, from = u_turn * (u_eye - middle), sun = u_turn * sun_dir;
	vec3 colour = vec3(0.0);
	float weight = 1.0;
	float t = march(from, own, 56, 0.0013);
	// A ray ends at the sculpture or in the sky; the sea sends it on, once.
	if (t < 0.0 && dir.y < -0.0005) {
		t = min(u_eye.y / -dir.y, 900.0);
		vec3 p = u_eye + dir * t;
		vec3 n = waves(p.xz, t);
		from = u_turn * (p - middle);
		float lit = sunlight(from, sun, 10);
		// The air between is as bright as the horizon.
		float clear = 1.0 / (1.0 + t * t * 0.0003);
		colour = (1.0 - clear) * horizon(max(dot(dir, sun_dir), 0.0));
		float facing = 1.0 + min(dot(dir, n), 0.0);
		float f2 = facing * facing;
		float fresnel = 0.05 + 0.95 * f2 * f2 * facing;
		colour += clear * (1.0 - fresnel) * vec3(0.015, 0.075, 0.10) * (0.3 + 0.7 * lit);
		weight = clear * fresnel;
		dir = reflect(dir, n);
		dir = normalize(vec3(dir.x, max(dir.y, 0.002), dir.z));
		own = u_turn * dir;
		t = march(from, own, 26, 0.005);
	}
	colour += weight * (t < 0.0 ? sky(dir) : surface(from + own * t, own, sun));
	o_colour = vec4(screen(colour), 1.0);
}
