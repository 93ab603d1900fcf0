in vec3 v_world;

uniform sampler2D u_noise;
uniform vec3 u_eye;

out vec4 o_colour;

void main() {
	vec3 way = v_world - u_eye;
	float dist = length(way);
	vec3 dir = way / dist;
	vec2 slope = vec2(texture(u_noise, v_world.xz * 0.013).r, texture(u_noise, v_world.zx * 0.011 + 0.37).r) - 0.5;
	vec3 n = normalize(vec3(slope.x * 0.12, 1.0, slope.y * 0.12));
	vec3 r = reflect(dir, n);
	float facing = 1.0 + min(dot(dir, n), 0.0);
	float fresnel = 0.06 + 0.9 * facing * facing * facing * facing;
	vec3 c = mix(vec3(0.02, 0.075, 0.085), sky(vec3(r.x, abs(r.y), r.z)), fresnel);
	float glint = max(dot(r, sun_dir), 0.0);
	glint *= glint; glint *= glint; glint *= glint; glint *= glint; glint *= glint;
	c += sun_colour * (glint * glint * 0.9);
	o_colour = vec4(screen(through_air(c, dir, dist)), 1.0);
}
