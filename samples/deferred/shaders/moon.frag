in vec3 v_ray;

uniform vec3 u_eye;
uniform mat4 u_shadow_view;
uniform sampler2D u_albedo;
uniform sampler2D u_normal;
uniform sampler2D u_far;
uniform sampler2DShadow u_shadow;

out vec4 o_colour;

void main() {
	ivec2 at = ivec2(gl_FragCoord.xy);
	float far = texelFetch(u_far, at, 0).r;
	vec4 albedo = texelFetch(u_albedo, at, 0);
	vec3 n = texelFetch(u_normal, at, 0).xyz * 2.0 - 1.0;
	vec3 dir = normalize(v_ray);
	vec3 p = u_eye + v_ray * far;

	vec4 s = u_shadow_view * vec4(p + n * 0.03, 1.0);
	float lit = texture(u_shadow, s.xyz * 0.5 + 0.5); // the mean of four texels
	float facing = max(dot(n, moon_dir), 0.0) * lit;
	vec3 h = normalize(moon_dir - dir);
	float shine = max(dot(n, h), 0.0);
	shine *= shine; shine *= shine; shine *= shine; shine *= shine; shine *= shine;
	vec3 ambient = mix(vec3(0.020, 0.020, 0.026), vec3(0.045, 0.055, 0.095), n.y * 0.5 + 0.5);
	vec3 c = albedo.rgb * albedo.rgb * (moon_colour * facing + ambient) + moon_colour * (shine * facing * albedo.a * 0.5);
	float rim = 1.0 + min(dot(dir, n), 0.0);
	c += vec3(0.05, 0.06, 0.10) * (albedo.a * rim * rim);
	float clear = 1.0 / (1.0 + far * far * 0.0001);
	c = mix(vec3(0.060, 0.075, 0.13), c, clear);
	o_colour = vec4(c, 1.0);
}
