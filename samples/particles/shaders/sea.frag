in vec3 v_world;

uniform sampler2D u_noise;
uniform vec3 u_eye;
uniform vec3 u_glow; // of the crater now
uniform float u_time;

out vec4 o_colour;

// Ripples, the sky in them, and a path of the crater's light.
void main() {
	vec3 dir = normalize(v_world - u_eye);
	vec2 at = v_world.xz;
	float a = texture(u_noise, at * 0.31 + vec2(u_time * 0.011, 0.0)).r;
	float b = texture(u_noise, at.yx * 0.27 - vec2(0.0, u_time * 0.013)).r;
	vec3 n = normalize(vec3(a * 0.35 - 0.17, 1.0, b * 0.35 - 0.17));
	vec3 r = reflect(dir, n);
	r.y = abs(r.y);
	float facing = 1.0 + min(dot(dir, n), 0.0);
	vec3 c = mix(vec3(0.004, 0.009, 0.016), sky(r), 0.08 + 0.85 * facing * facing * facing);
	vec3 up = normalize(vec3(-at.x, 5.6, -at.y));
	float glint = max(dot(r, up), 0.0);
	glint *= glint; glint *= glint; glint *= glint; glint *= glint; glint *= glint;
	o_colour = vec4(screen(c + u_glow * (glint * 0.6)), 1.0);
}
